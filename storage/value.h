#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/bytes.h"

namespace stead {

/// A value as SQLite stores it: NULL, INTEGER (exact, 64 bits), REAL, TEXT, BLOB.
using SqlValue = std::variant<std::nullptr_t, std::int64_t, double, std::string, Bytes>;

/// A value that somebody else owns: an argument on its way in, or a column of the present row.
struct SqlView {
  enum class Type : std::uint8_t { null, integer, real, text, blob };

  Type type = Type::null;
  std::int64_t integer = 0;
  double real = 0;
  const void* data = nullptr;
  std::size_t size = 0;

  std::string_view text() const { return {static_cast<const char*>(data), size}; }
  std::span<const std::uint8_t> blob() const {
    return {static_cast<const std::uint8_t*>(data), size};
  }
  SqlValue to_value() const;

  static SqlView of_integer(std::int64_t value) {
    return {.type = Type::integer, .integer = value};
  }
  static SqlView of_real(double value) { return {.type = Type::real, .real = value}; }
  static SqlView of_text(std::string_view value) {
    return {.type = Type::text, .data = value.data(), .size = value.size()};
  }
  static SqlView of_blob(std::span<const std::uint8_t> value) {
    return {.type = Type::blob, .data = value.data(), .size = value.size()};
  }
};

/// What came of reading a value as a C++ type.
enum class SqlReadResult : std::uint8_t { ok, wrong_type, out_of_range };

namespace sql_internal {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool always_false = false;

/// How error texts call the type that an author asked for.
template <class T>
constexpr const char* type_name() {
  if constexpr (is_optional<T>) {
    return type_name<typename T::value_type>();
  } else if constexpr (std::same_as<T, bool>) {
    return "a bool (INTEGER 0 or 1)";
  } else if constexpr (std::integral<T>) {
    return "an integer";
  } else if constexpr (std::floating_point<T>) {
    return "a double";
  } else if constexpr (std::same_as<T, std::string>) {
    return "a string (TEXT)";
  } else {
    return "bytes (BLOB)";
  }
}

[[noreturn]] void unsigned_too_large(std::uint64_t value);
/// Throws TypeError or RangeError.
[[noreturn]] void cannot_read(SqlReadResult result, const SqlView& view, const char* wanted,
                              std::string_view column);

}  // namespace sql_internal

/// An argument as it is bound: `nullptr` and empty optionals as NULL, bool as 0 or 1, integers
/// exactly, text, bytes. Throws RangeError for an unsigned value beyond INT64_MAX.
template <class T>
SqlView sql_view(const T& value) {
  if constexpr (std::same_as<T, SqlView>) {
    return value;
  } else if constexpr (std::same_as<T, std::nullptr_t> || std::same_as<T, std::nullopt_t>) {
    return {};
  } else if constexpr (sql_internal::is_optional<T>) {
    return value ? sql_view(*value) : SqlView{};
  } else if constexpr (std::same_as<T, SqlValue>) {
    return std::visit([](const auto& inner) { return sql_view(inner); }, value);
  } else if constexpr (std::integral<T>) {
    static_assert(!std::same_as<T, char>, "bind a string, or an integer type other than char");
    if (!std::in_range<std::int64_t>(
            static_cast<std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>(
                value))) {
      sql_internal::unsigned_too_large(static_cast<std::uint64_t>(value));
    }
    return SqlView::of_integer(static_cast<std::int64_t>(value));
  } else if constexpr (std::floating_point<T>) {
    return SqlView::of_real(static_cast<double>(value));
  } else if constexpr (std::convertible_to<const T&, const char*>) {
    const char* text = value;
    return text ? SqlView::of_text(text) : SqlView{};
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return SqlView::of_text(value);
  } else if constexpr (std::convertible_to<const T&, std::span<const std::uint8_t>>) {
    return SqlView::of_blob(value);
  } else if constexpr (std::convertible_to<const T&, std::span<const std::byte>>) {
    const std::span<const std::byte> bytes = value;
    return {.type = SqlView::Type::blob, .data = bytes.data(), .size = bytes.size()};
  } else {
    static_assert(sql_internal::always_false<T>,
                  "SQL takes nullptr, bool, integers, doubles, strings, bytes and std::optional");
  }
}

/// Reads a value as a C++ type without throwing. A double is also read from an INTEGER; nothing
/// else is converted.
template <class T>
SqlReadResult sql_read(const SqlView& view, T& out) {
  using Type = SqlView::Type;
  if constexpr (std::same_as<T, SqlValue>) {
    out = view.to_value();
  } else if constexpr (sql_internal::is_optional<T>) {
    if (view.type == Type::null) return out.reset(), SqlReadResult::ok;
    return sql_read(view, out.emplace());
  } else if constexpr (std::same_as<T, bool>) {
    if (view.type != Type::integer) return SqlReadResult::wrong_type;
    if (view.integer != 0 && view.integer != 1) return SqlReadResult::out_of_range;
    out = view.integer == 1;
  } else if constexpr (std::integral<T>) {
    static_assert(!std::same_as<T, char>, "read a std::string, or another integer type");
    if (view.type != Type::integer) return SqlReadResult::wrong_type;
    out = static_cast<T>(view.integer);
    if ((std::is_unsigned_v<T> && view.integer < 0) ||
        static_cast<std::int64_t>(out) != view.integer) {
      return SqlReadResult::out_of_range;
    }
  } else if constexpr (std::floating_point<T>) {
    if (view.type != Type::real && view.type != Type::integer) return SqlReadResult::wrong_type;
    out = static_cast<T>(view.type == Type::real ? view.real : static_cast<double>(view.integer));
  } else if constexpr (std::same_as<T, std::string>) {
    if (view.type != Type::text) return SqlReadResult::wrong_type;
    out = view.text();
  } else if constexpr (std::same_as<T, Bytes>) {
    if (view.type != Type::blob) return SqlReadResult::wrong_type;
    out.assign(view.blob().begin(), view.blob().end());
  } else {
    static_assert(sql_internal::always_false<T>,
                  "SQL gives SqlValue, bool, integers, doubles, std::string, Bytes, std::optional");
  }
  return SqlReadResult::ok;
}

/// Reads a value as a C++ type. Throws TypeError if it is of another type, RangeError if it does
/// not fit; the text names `column`.
template <class T>
T sql_cast(const SqlView& view, std::string_view column = "value") {
  T out{};
  const auto result = sql_read(view, out);
  if (result != SqlReadResult::ok) {
    sql_internal::cannot_read(result, view, sql_internal::type_name<T>(), column);
  }
  return out;
}

template <class T>
T sql_cast(const SqlValue& value, std::string_view column = "value") {
  return sql_cast<T>(sql_view(value), column);
}

}  // namespace stead
