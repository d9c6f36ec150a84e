#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"

namespace stead {

/// How a C++ type reads as JSON, for methods that are called by name. Built in: bool, integers
/// (exact), floating point, std::string, std::optional (null), std::vector, std::map with string
/// keys, and void results (null). "runtime/json.h" adds nlohmann::json and every type it converts.
///
///     static T read(const nlohmann::json& value, const std::string& where);  // throws TypeError
///     static void write(std::string& out, const T& value);                   // appends JSON text
template <class T>
struct JsonCodec;

namespace json_codec {

// The only functions that look into a JSON value, so that this header needs no JSON library. Each
// throws TypeError: "argument 1 of add must be an integer, not a string".
bool read_bool(const nlohmann::json& value, const std::string& where);
std::int64_t read_integer(const nlohmann::json& value, const std::string& where);
double read_number(const nlohmann::json& value, const std::string& where);
std::string read_string(const nlohmann::json& value, const std::string& where);
bool is_null(const nlohmann::json& value);
/// Requires an array.
std::size_t array_size(const nlohmann::json& value, const std::string& where);
const nlohmann::json& array_at(const nlohmann::json& value, std::size_t index);
/// Requires an object; its keys.
std::vector<std::string> object_keys(const nlohmann::json& value, const std::string& where);
const nlohmann::json& object_at(const nlohmann::json& value, const std::string& key);

void write_integer(std::string& out, std::int64_t value);
void write_number(std::string& out, double value);
void write_string(std::string& out, const std::string& value);
[[noreturn]] void out_of_range(const std::string& where, std::int64_t value);
[[noreturn]] void wrong_count(const std::string& method, std::size_t expected, std::size_t given);

}  // namespace json_codec

template <>
struct JsonCodec<bool> {
  static bool read(const nlohmann::json& value, const std::string& where) {
    return json_codec::read_bool(value, where);
  }
  static void write(std::string& out, bool value) { out += value ? "true" : "false"; }
};

template <std::integral T>
  requires(!std::same_as<T, bool>)
struct JsonCodec<T> {
  static T read(const nlohmann::json& value, const std::string& where) {
    const auto wide = json_codec::read_integer(value, where);
    if (!std::in_range<T>(wide)) json_codec::out_of_range(where, wide);
    return static_cast<T>(wide);
  }
  static void write(std::string& out, T value) {
    json_codec::write_integer(out, static_cast<std::int64_t>(value));
  }
};

template <std::floating_point T>
struct JsonCodec<T> {
  static T read(const nlohmann::json& value, const std::string& where) {
    return static_cast<T>(json_codec::read_number(value, where));
  }
  static void write(std::string& out, T value) { json_codec::write_number(out, value); }
};

template <>
struct JsonCodec<std::string> {
  static std::string read(const nlohmann::json& value, const std::string& where) {
    return json_codec::read_string(value, where);
  }
  static void write(std::string& out, const std::string& value) {
    json_codec::write_string(out, value);
  }
};

template <class T>
struct JsonCodec<std::optional<T>> {
  static std::optional<T> read(const nlohmann::json& value, const std::string& where) {
    if (json_codec::is_null(value)) return std::nullopt;
    return JsonCodec<T>::read(value, where);
  }
  static void write(std::string& out, const std::optional<T>& value) {
    if (value) {
      JsonCodec<T>::write(out, *value);
    } else {
      out += "null";
    }
  }
};

template <class T>
struct JsonCodec<std::vector<T>> {
  static std::vector<T> read(const nlohmann::json& value, const std::string& where) {
    std::vector<T> items;
    const auto size = json_codec::array_size(value, where);
    for (std::size_t i = 0; i < size; ++i) {
      items.push_back(JsonCodec<T>::read(json_codec::array_at(value, i),
                                         where + "[" + std::to_string(i) + "]"));
    }
    return items;
  }
  static void write(std::string& out, const std::vector<T>& items) {
    out += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out += ',';
      JsonCodec<T>::write(out, items[i]);
    }
    out += ']';
  }
};

template <class T>
struct JsonCodec<std::map<std::string, T>> {
  static std::map<std::string, T> read(const nlohmann::json& value, const std::string& where) {
    std::map<std::string, T> items;
    for (const auto& key : json_codec::object_keys(value, where)) {
      items.emplace(
          key, JsonCodec<T>::read(json_codec::object_at(value, key), where + "[\"" + key + "\"]"));
    }
    return items;
  }
  static void write(std::string& out, const std::map<std::string, T>& items) {
    out += '{';
    const char* separator = "";
    for (const auto& [key, item] : items) {
      out += std::exchange(separator, ",");
      json_codec::write_string(out, key);
      out += ':';
      JsonCodec<T>::write(out, item);
    }
    out += '}';
  }
};

/// Reads a JSON array as the arguments of a method. A wrong count or type is the caller's mistake:
/// throws `HttpError` with status 400 that says which argument of which method.
template <class Arguments>
Arguments read_arguments(const nlohmann::json& array, const std::string& method) {
  constexpr auto count = std::tuple_size_v<Arguments>;
  try {
    const auto given = json_codec::array_size(array, "the arguments of " + method);
    if (given != count) json_codec::wrong_count(method, count, given);
    return [&]<std::size_t... i>(std::index_sequence<i...>) {
      return Arguments{JsonCodec<std::tuple_element_t<i, Arguments>>::read(
          json_codec::array_at(array, i),
          "argument " + std::to_string(i + 1) + " of " + method)...};
    }(std::make_index_sequence<count>());
  } catch (const Error& error) {
    throw HttpError(400, error.what());
  }
}

}  // namespace stead
