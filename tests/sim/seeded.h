#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/environment.h"

namespace stead::test {

/// Choices that follow from a seed (splitmix64): the same in every run, on every machine.
class Seeded final : public Random {
 public:
  explicit Seeded(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  /// From 0 up to, not including, `bound`, which is above 0.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// Both ends included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class List>
  auto& pick(List& list) {
    return list[static_cast<std::size_t>(below(list.size()))];
  }
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(next());
  }

 private:
  std::uint64_t state_;
};

}  // namespace stead::test
