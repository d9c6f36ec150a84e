#include "cli/point_in_time.h"

#include <optional>

#include "base/wall_time.h"
#include "cli/setting_values.h"
#include "storage/bookmark.h"

namespace stead {

namespace {

std::optional<WallTime> read_time(std::string_view text, WallTime now) {
  if (!text.starts_with('-')) return parse_time(text);
  const auto ago = parse_duration(text.substr(1));
  if (!ago) return std::nullopt;
  return now - ago.value();
}

}  // namespace

Result<std::uint64_t> find_point(std::string_view text, WallTime now, std::uint64_t last,
                                 History& history) {
  const auto in_future = [&] {
    return Error(ErrorCode::range, "--at " + std::string(text) + " lies in the future");
  };
  if (const auto number = parse_bookmark(text)) {
    if (*number > last) return in_future();
    return *number;
  }
  const auto time = read_time(text, now);
  if (!time) {
    return Error(ErrorCode::type,
                 "--at " + std::string(text) +
                     ": expected a time, as \"2024-05-01T12:30:00Z\" or "
                     "\"2024-05-01T14:30:00+02:00\", or how long ago, as \"-15m\", or a bookmark");
  }
  if (*time > now) return in_future();
  return history.number_at(*time);
}

}  // namespace stead
