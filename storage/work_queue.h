#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace stead {

/// Work for a `BackgroundThread`, done in order.
///
/// Thread: `add` and `stop` from any; the rest from one.
class WorkQueue final {
 public:
  void add(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
    changed_.notify_one();
  }
  /// Waits until there is work; false once `stop` was called.
  bool wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    return !stopping_;
  }
  void run_next() {
    std::unique_lock lock(mutex_);
    const auto work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
  }
  /// What has not begun is not done any more.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
};

}  // namespace stead
