#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <unordered_map>
#include <vector>

#include "bench/journal/bench_object.h"
#include "bench/load/histogram.h"
#include "storage/node_storage.h"

namespace stead {

/// What was counted in a while.
struct Rate {
  double per_second = 0;
  /// Nanoseconds of one.
  Histogram times;
};

/// One thread's objects, written as a shard writes them: while some commits are on their way to
/// the disk, the next ones are made; outcomes come back in batches.
///
/// Thread: one, except for what the journal calls.
class Writer final : private JournalClient {
 public:
  Writer(NodeStorage& storage, BenchClass& of, std::uint64_t first, std::size_t count);

  /// Writes objects at random for a while, with at most `outstanding` commits on their way, and
  /// waits for all. A time is from the start of a transaction to the knowledge that it is durable.
  Rate run(std::chrono::nanoseconds duration, std::size_t outstanding);
  /// Writes every object once.
  void write_each(std::size_t outstanding);
  /// Brings the objects' files up to date, and forgets the objects.
  void close();

 private:
  struct Outcome {
    ObjectId object;
    std::uint64_t sequence;
  };

  void on_commit_outcomes(std::span<const CommitRecord> records,
                          CommitOutcome outcome) noexcept override;
  void on_checkpoint_wanted(const ObjectId& object) noexcept override;

  /// False if the object must wait for a checkpoint.
  bool write(BenchObject& object);
  /// Takes the outcomes that have come; waits for one if so told.
  void take_outcomes(bool wait);

  NodeStorage& storage_;
  Workload& workload_;
  std::vector<std::unique_ptr<BenchObject>> objects_;
  std::unordered_map<ObjectId, BenchObject*> by_id_;
  std::mt19937_64 random_{1};
  /// When each commit on its way was begun: they come back in order.
  std::deque<std::chrono::steady_clock::time_point> begun_;
  Histogram times_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Outcome> outcomes_;
  std::vector<ObjectId> checkpoints_wanted_;
  bool failed_ = false;
};

}  // namespace stead
