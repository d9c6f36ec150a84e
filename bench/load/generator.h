#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "bench/load/histogram.h"

namespace stead {

/// What to send, to whom, and for how long.
struct LoadOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8787;
  std::string method = "GET";
  /// `{i}` stands for the number of an object.
  std::string path = "/counter/{i}";
  std::string body;
  /// Objects are numbered from 0 to this, exclusively.
  std::uint64_t objects = 1;
  /// Objects in order, each as often as the others, instead of at random.
  bool in_order = false;
  int connections = 1;
  int threads = 1;
  /// Requests to send in all; 0: as many as fit into `measured`.
  std::uint64_t count = 0;
  /// Requests that end before this are answered and not measured. Ignored with a `count`.
  std::chrono::nanoseconds warm_up{};
  /// Upper bound of the time after the warm-up.
  std::chrono::nanoseconds measured = std::chrono::seconds(5);
  /// A request without an answer for so long is an error, and its connection made anew.
  std::chrono::nanoseconds timeout = std::chrono::seconds(10);
};

/// What came back. Times in nanoseconds.
struct LoadResult {
  /// Answered within the measured time, with any status.
  std::uint64_t requests = 0;
  std::uint64_t non_200 = 0;
  /// Lost connections, malformed answers and timeouts, whenever they happened.
  std::uint64_t errors = 0;
  /// Every answer with status 200, the warm-up and the last ones under way included.
  std::uint64_t answered_200 = 0;
  /// The sum of their bodies, read as numbers.
  std::uint64_t sum_of_200 = 0;
  Histogram latency;
  double seconds = 0;
  /// Processor time of this program. Close to `threads` × `seconds`, it is the bottleneck itself.
  double cpu_seconds = 0;
};

/// Drives a server with a closed loop: each connection sends a request, waits for its answer and
/// sends the next. Throws `std::exception` if it cannot connect.
LoadResult generate_load(const LoadOptions& options);

}  // namespace stead
