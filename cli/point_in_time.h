#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/history.h"

namespace stead {

/// The last commit at a point in time that somebody named: a bookmark, a time as
/// "2024-05-01T12:30:00+02:00", or how long before `now`, as "-15m". An error if it is none of
/// them, or lies in the future; `last` is the last commit of all. Throws what `History` does.
Result<std::uint64_t> find_point(std::string_view text, WallTime now, std::uint64_t last,
                                 History& history);

}  // namespace stead
