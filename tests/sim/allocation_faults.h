#pragma once

#include <cstdint>

namespace stead::test {

/// Makes one of SQLite's allocations fail. Those of oracles do not count.
///
/// Thread: one.
namespace allocation_faults {

/// Once, before any use of SQLite; without it nothing ever fails.
void install();
/// Counts from 1, from now; 0 for none.
void fail_at(std::uint64_t number);
/// Since the last `fail_at`.
std::uint64_t count();

/// While it lives, allocations neither count nor fail.
class Pause {
 public:
  Pause();
  ~Pause();
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;
};

}  // namespace allocation_faults

}  // namespace stead::test
