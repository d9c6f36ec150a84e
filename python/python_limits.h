#pragma once

#include <chrono>

namespace stead {

/// Bounds on one run of Python code, from the delivery of an event until the code returns or waits.
/// 0 means none.
struct PythonLimits {
  /// Processor time.
  std::chrono::milliseconds cpu{30'000};
  std::chrono::milliseconds wall{0};
};

}  // namespace stead
