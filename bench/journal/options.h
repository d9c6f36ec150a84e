#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace stead {

struct JournalBenchOptions {
  /// Which parts to run.
  std::vector<std::string> parts{"throughput", "cost",         "amplification",
                                 "recovery",   "first-writes", "start-up"};
  /// Where the data goes, for the time of the run.
  std::string folder = ".";
  std::size_t rounds = 5;
  std::chrono::milliseconds slice{1'000};
  /// Threads that own objects.
  std::size_t threads = 2;
  std::size_t many_objects = 1'000;
  /// Commits of which the cost and the amplification are taken.
  std::size_t commits = 20'000;
  std::size_t recovery_mib = 256;
  std::size_t new_objects = 10'000;
  /// Start-up is measured with each of these many sleeping objects.
  std::size_t few_sleeping = 1'000;
  std::size_t many_sleeping = 100'000;
  std::string json{};
};

}  // namespace stead
