#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/environment.h"
#include "storage/disk.h"

namespace stead {

/// Removes from the history what is too old, or more than there may be: whole segments, the oldest
/// first, so that what is left has no gap.
///
/// Thread: `look` and `stop` from any; the rest from one. Owner: `NodeStorage`. Fails: `prune`
/// throws DiskError; it may be called again.
class HistoryKeeper final {
 public:
  struct Limits {
    /// A segment goes once everything in it is older.
    std::chrono::milliseconds keep{0};
    /// Of all segments that the journal has no use for any more.
    std::uint64_t bytes = std::uint64_t{10} << 30;
  };

  HistoryKeeper(Disk& disk, Clock& clock, std::string folder, Limits limits)
      : disk_(disk), clock_(clock), folder_(std::move(folder)), limits_(limits) {}

  void prune();

  /// Waits until it is time to prune again; false once `stop` was called.
  bool wait();
  /// Another segment has come.
  void look();
  void stop();

 private:
  void find_segments();
  std::string path_of(std::uint64_t segment) const;
  /// Whether everything before this segment is older than what is to be kept.
  bool began_long_ago(std::uint64_t segment);

  Disk& disk_;
  Clock& clock_;
  const std::string folder_;
  const Limits limits_;
  /// Their sizes, the oldest first.
  std::map<std::uint64_t, std::uint64_t> segments_;
  std::uint64_t bytes_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool due_ = true;
  bool stopping_ = false;
};

}  // namespace stead
