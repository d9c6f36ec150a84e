#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/environment.h"

namespace stead {

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string format_http_date(std::chrono::sys_seconds time);

/// Reads the same form (RFC 9110, section 5.6.7); nothing for any other text.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

/// The text of a `Date` header, e.g. "Sun, 06 Nov 1994 08:49:37 GMT": made once a second.
/// Thread: one.
class HttpDate {
 public:
  explicit HttpDate(Clock& clock) : clock_(clock) {}

  /// Valid until the next call.
  std::string_view now();

 private:
  Clock& clock_;
  std::chrono::sys_seconds second_{std::chrono::seconds(-1)};
  std::string text_;
};

}  // namespace stead
