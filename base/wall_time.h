#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/environment.h"

namespace stead {

/// "2024-05-01T12:30:00Z"
std::string format_time(WallTime time);
/// The same with milliseconds: "2024-05-01T12:30:00.250Z"
std::string format_exact_time(WallTime time);

/// Reads ISO 8601: a date and a time of day with `Z` or an offset such as `+02:00`. Seconds and
/// their fraction may be left out; digits beyond milliseconds are ignored. Nothing if it is
/// anything else, or no such day.
std::optional<WallTime> parse_time(std::string_view text);

}  // namespace stead
