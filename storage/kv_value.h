#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"

namespace stead {

/// JSON as text, kept apart from plain strings.
struct JsonText {
  std::string text;
  bool operator==(const JsonText&) const = default;
};

/// What a key may hold.
using KvValue =
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Bytes, JsonText>;

/// How a C++ type is kept under a key. Built in: KvValue itself, nullptr, bool, integers, floating
/// point, strings, Bytes, JsonText, std::optional of these (empty is null). "runtime/json.h" adds
/// JSON types. To add one:
///
///     static KvValue write(const T& value);
///     static T read(KvValue value, std::string_view key);  // throws TypeError, names the key
template <class T>
struct KvCodec;

/// Throws the TypeError of a codec: "key k holds a string, but an integer was asked for".
[[noreturn]] void kv_wrong_type(const KvValue& value, std::string_view key, const char* wanted);
[[noreturn]] void kv_out_of_range(std::string_view key);

/// Implementation aid: a type that is one of the alternatives.
template <class T>
struct KvAlternative {
  static KvValue write(const T& value) { return KvValue(std::in_place_type<T>, value); }
  static T read(KvValue value, std::string_view key) {
    if (auto* held = std::get_if<T>(&value)) return std::move(*held);
    kv_wrong_type(value, key, "another type");
  }
};

template <>
struct KvCodec<std::nullptr_t> : KvAlternative<std::nullptr_t> {};
template <>
struct KvCodec<bool> : KvAlternative<bool> {};
template <>
struct KvCodec<std::string> : KvAlternative<std::string> {};
template <>
struct KvCodec<Bytes> : KvAlternative<Bytes> {};
template <>
struct KvCodec<JsonText> : KvAlternative<JsonText> {};

template <>
struct KvCodec<KvValue> {
  static KvValue write(const KvValue& value) { return value; }
  static KvValue read(KvValue value, std::string_view) { return value; }
};

template <>
struct KvCodec<std::string_view> {
  static KvValue write(std::string_view value) { return std::string(value); }
};
template <>
struct KvCodec<const char*> {
  static KvValue write(const char* value) { return std::string(value); }
};

template <>
struct KvCodec<char*> : KvCodec<const char*> {};

template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>)
struct KvCodec<T> {
  static KvValue write(T value) {
    if (!std::in_range<std::int64_t>(value)) {
      throw RangeError("an integer key-value ends at 9223372036854775807: store it as a string");
    }
    return static_cast<std::int64_t>(value);
  }
  static T read(KvValue value, std::string_view key) {
    const auto* held = std::get_if<std::int64_t>(&value);
    if (!held) kv_wrong_type(value, key, "an integer");
    if (!std::in_range<T>(*held)) kv_out_of_range(key);
    return static_cast<T>(*held);
  }
};

template <std::floating_point T>
struct KvCodec<T> {
  static KvValue write(T value) { return static_cast<double>(value); }
  static T read(KvValue value, std::string_view key) {
    if (const auto* real = std::get_if<double>(&value)) return static_cast<T>(*real);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<T>(*whole);
    kv_wrong_type(value, key, "a number");
  }
};

template <class T>
struct KvCodec<std::optional<T>> {
  static KvValue write(const std::optional<T>& value) {
    return value ? KvCodec<T>::write(*value) : KvValue(nullptr);
  }
  static std::optional<T> read(KvValue value, std::string_view key) {
    if (std::holds_alternative<std::nullptr_t>(value)) return std::nullopt;
    return KvCodec<T>::read(std::move(value), key);
  }
};

}  // namespace stead
