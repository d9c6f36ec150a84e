#include "base/environment.h"

#include <sys/random.h>

#include "base/check.h"

namespace stead {

namespace {

class SystemClock final : public Clock {
 public:
  WallTime wall_now() override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
  }
  MonotonicTime monotonic_now() override { return std::chrono::steady_clock::now(); }
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      const auto count = ::getrandom(bytes.data(), bytes.size(), 0);
      CHECK(count > 0);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }
};

}  // namespace

Environment Environment::system() {
  static SystemClock clock;  // without state
  static SystemRandom random;
  return {clock, random};
}

}  // namespace stead
