#include "cli/setting_values.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace stead {

namespace {

struct Unit {
  std::string_view name;
  std::size_t factor;
};

constexpr std::array<Unit, 4> byte_units{
    {{"GiB", std::size_t{1} << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}};
constexpr std::array<Unit, 4> duration_units{
    {{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

// Exact in TOML, in JSON and in a double.
constexpr std::size_t max_bytes = (std::size_t{1} << 53) - 1;
constexpr std::size_t max_duration = 366UL * 24 * 3'600'000;

struct Quantity {
  std::size_t number = 0;
  std::string_view unit;
};

/// Digits, then whatever follows. False without a digit or if the number does not fit.
bool split(std::string_view text, Quantity& quantity) {
  const auto end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, quantity.number);
  quantity.unit = std::string_view(rest, static_cast<std::size_t>(end - rest));
  return error == std::errc();
}

/// The quantity in the smallest unit. False for an unknown unit or more than `max`.
template <std::size_t count>
bool scale(const Quantity& quantity, const std::array<Unit, count>& units, std::size_t max,
           std::size_t& value) {
  for (const auto& unit : units) {
    if (unit.name != quantity.unit) continue;
    if (quantity.number > max / unit.factor) return false;
    value = quantity.number * unit.factor;
    return true;
  }
  return false;
}

template <std::size_t count>
std::string format(std::size_t value, const std::array<Unit, count>& units,
                   std::string_view smallest) {
  for (const auto& unit : units) {
    if (unit.name != smallest && value > 0 && value % unit.factor == 0) {
      return std::to_string(value / unit.factor) + std::string(unit.name);
    }
  }
  return std::to_string(value) + std::string(smallest == "B" ? "" : smallest);
}

}  // namespace

Result<std::size_t> parse_count(std::string_view text, std::size_t max) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separator = text[i] == '_' && i > 0 && i + 1 < text.size() && text[i - 1] != '_';
    if (!separator) digits.push_back(text[i]);
  }
  Quantity quantity;
  if (!split(digits, quantity) || !quantity.unit.empty() || quantity.number > max) {
    const std::string bound =
        max == std::numeric_limits<std::size_t>::max() ? "" : " from 0 to " + std::to_string(max);
    return Error(ErrorCode::type, "expected a whole number" + bound);
  }
  return quantity.number;
}

Result<std::size_t> parse_bytes(std::string_view text) {
  Quantity quantity;
  std::size_t bytes = 0;
  if (split(text, quantity)) {
    if (quantity.unit.empty()) quantity.unit = "B";
    if (scale(quantity, byte_units, max_bytes, bytes)) return bytes;
  }
  return Error(ErrorCode::type,
               "expected a number of bytes, as 65536, \"64KiB\", \"32MiB\" or \"1GiB\"");
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  Quantity quantity;
  std::size_t milliseconds = 0;
  if (split(text, quantity) && scale(quantity, duration_units, max_duration, milliseconds) &&
      milliseconds > 0) {
    return std::chrono::milliseconds(milliseconds);
  }
  return Error(ErrorCode::type,
               "expected a duration of more than 0, as \"250ms\", \"10s\", \"5m\" or \"2h\"");
}

std::string format_bytes(std::size_t bytes) { return format(bytes, byte_units, "B"); }

std::string format_duration(std::chrono::milliseconds duration) {
  return format(static_cast<std::size_t>(duration.count()), duration_units, "ms");
}

}  // namespace stead
