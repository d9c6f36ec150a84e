#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace stead::test {

/// Seeds from `begin` up to, not including, `end`.
struct SeedRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// A simulation that failed.
struct SeedFailure {
  std::uint64_t seed = 0;
  std::string what;
};

/// Runs simulations in so many processes, so that one which ends its process ends no other. Stops
/// at the first failure. Gives the failure, if there is one.
std::optional<SeedFailure> run_seeds(SeedRange range, unsigned jobs);

}  // namespace stead::test
