#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "runtime/output.h"

namespace stead {

/// The output gate. Whatever an object emits during a turn is held until the turn's commit, and
/// every commit before it, is durable, and leaves in the order in which it was emitted.
/// A later write does not delay it.
///
/// Thread: the object's. Owner: the `LiveObject`, so that it outlives an instance that is reset
/// while commits are under way.
class Outbox {
 public:
  /// Holds an output until the current turn's end.
  void emit(std::unique_ptr<Output> output) { turn_.push_back(std::move(output)); }

  /// The turn has ended. What it emitted waits for the commit numbered `confirmed`, the latest that
  /// output waits for, or for `last`, the latest of all, if it says so.
  void end_turn(std::uint64_t confirmed, std::uint64_t last);
  /// The turn's writes are lost: everything emitted in it fails.
  void fail_turn(const Error& error);
  /// Commits up to `sequence` are durable: lets go what waited for them only.
  void commits_durable(std::uint64_t sequence);
  /// Commits that are still under way are lost: everything held fails.
  void fail_all(const Error& error);

  /// The latest commit known to be durable.
  std::uint64_t durable() const { return durable_; }
  bool empty() const { return turn_.empty() && held_.empty(); }

 private:
  struct Held {
    std::uint64_t sequence;
    std::unique_ptr<Output> output;
  };

  std::vector<std::unique_ptr<Output>> turn_;
  std::deque<Held> held_;
  std::uint64_t durable_ = 0;
};

}  // namespace stead
