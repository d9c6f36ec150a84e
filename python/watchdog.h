#pragma once

#include <chrono>
#include <condition_variable>
#include <ctime>
#include <list>
#include <mutex>
#include <thread>

#include "python/python_limits.h"

namespace stead {

/// Interrupts Python code that runs for too long: raises `_stead.TimeLimitExceeded` in its thread,
/// and again each second while that does not help. What waits in a C function is interrupted when
/// it returns.
///
/// Thread: `Watch` on the thread to be watched; the rest any. Owner: the Python runtime.
class Watchdog final {
 public:
  explicit Watchdog(PythonLimits limits);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Watches the thread that made it, while it lives.
  class Watch {
   public:
    explicit Watch(Watchdog& dog);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    friend class Watchdog;
    Watchdog& dog_;
    unsigned long thread_;
    clockid_t cpu_clock_{};
    std::chrono::nanoseconds cpu_limit_{};
    std::chrono::steady_clock::time_point wall_limit_;
    bool paused_ = false;
    std::list<Watch*>::iterator place_;
  };
  /// While it lives, the thread waits and is not watched; it starts afresh then.
  class Pause {
   public:
    Pause();
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Watch* watch_;
  };

  const PythonLimits& limits() const { return limits_; }

 private:
  void start(Watch& watch) const;
  void run();
  void check();

  const PythonLimits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Watch*> watches_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace stead
