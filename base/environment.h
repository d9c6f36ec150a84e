#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace stead {

using Duration = std::chrono::nanoseconds;
/// Time that people read: milliseconds since 1970, UTC. May jump.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
/// Time for measuring and waiting. Never jumps.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// Thread: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall_now() = 0;
  virtual MonotonicTime monotonic_now() = 0;
};

/// A source of bytes that nobody can guess. Thread: any.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

/// Everything that would make two runs differ comes through here, so that a test can hold it.
/// Both must outlive whoever is given the environment.
struct Environment {
  Clock& clock;
  Random& random;

  /// The machine's clocks and the kernel's random numbers.
  static Environment system();
};

/// A clock that stands still until it is told to move. Thread: one at a time.
class ManualClock final : public Clock {
 public:
  WallTime wall_now() override { return wall_; }
  MonotonicTime monotonic_now() override { return monotonic_; }
  void advance(Duration by) {
    monotonic_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(by);
  }

 private:
  WallTime wall_{std::chrono::milliseconds(1'700'000'000'000)};
  MonotonicTime monotonic_{std::chrono::hours(1)};
};

}  // namespace stead
