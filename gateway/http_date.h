#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/environment.h"

namespace stead {

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
