#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

namespace stead {

/// A stack that can wait in the middle: for code that is written as if waiting were free, in a
/// place where nothing may wait. It is a thread, but it and whoever runs it take turns: exactly one
/// of them goes on at any time, so they share data without locks.
///
/// Thread: `run` and `resume` of whoever owns it, one at a time; `park` on its own thread only.
/// Owner: whoever took it from the pool. Must have ended when it is destroyed.
class Fiber final {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Runs `body`, which throws nothing. True if it has ended, false if it parks. Requires that the
  /// last one has ended.
  bool run(std::function<void()> body);
  /// Goes on after `park`. Gives what `run` gives.
  bool resume();
  /// Lets whoever runs this fiber go on, until `resume`.
  void park();

 private:
  bool pass_baton();
  void loop();

  std::binary_semaphore its_turn_{0};
  std::binary_semaphore our_turn_{0};
  std::function<void()> body_;
  bool ended_ = true;
  bool stopping_ = false;
  std::thread thread_;
};

/// Fibers that have nothing to do. Thread: any. Owner: the Python host.
class FiberPool final {
 public:
  std::unique_ptr<Fiber> take();
  void give_back(std::unique_ptr<Fiber> fiber);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Fiber>> idle_;
};

}  // namespace stead
