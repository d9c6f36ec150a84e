#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stead {

// How values are written in `stead.toml`, in variables and behind flags. Errors name what was
// expected, not which setting it is for: the caller knows that.

/// A whole number from 0 to `max`: "12", also "100_000".
Result<std::size_t> parse_count(std::string_view text, std::size_t max);
/// "0" to "9007199254740991", or with a unit: "64KiB", "32MiB", "1GiB".
Result<std::size_t> parse_bytes(std::string_view text);
/// "250ms", "10s", "5m", "2h". More than 0, a year at most.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The largest unit that divides the value: what the parsers above read.
std::string format_bytes(std::size_t bytes);
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace stead
