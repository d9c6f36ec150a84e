#pragma once

#include <cstddef>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "actors/node.h"
#include "bench/load/histogram.h"

namespace stead {

/// Calls objects one after another from their shard's own thread, as a connection on that shard
/// would, so that what is measured is the node and no change of threads.
class Caller {
 public:
  /// `node` has one shard. Objects are named "object-0" to "object-<count - 1>".
  Caller(Node& node, const std::string& class_name, std::size_t count);

  /// Calls `fetch` of each object once, in order, `at_once` at a time, and waits for all. Gives the
  /// nanoseconds from sending a call to having its answer. Throws what a call answered with.
  Histogram call_each(const std::string& method, std::size_t at_once = 1);

 private:
  class Fetch;

  void post_next();
  void on_answer(const Call& call, MonotonicTime sent);

  Node& node_;
  std::vector<ObjectAddress> objects_;

  // One round. Thread: the shard's.
  std::string method_;
  std::size_t next_ = 0;
  std::size_t answered_ = 0;
  std::optional<Error> failed_;
  Histogram times_;
  std::promise<void> done_;
};

}  // namespace stead
