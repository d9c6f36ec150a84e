#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace stead {

/// How many connections a server has open, over all shards. Thread: any.
class ConnectionCount {
 public:
  /// The number with the new one.
  std::size_t add() {
    const std::lock_guard lock(mutex_);
    return ++count_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  /// Whether none is left before the time has passed.
  bool wait_for_none(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, time, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

}  // namespace stead
