#include "python/watchdog.h"

#include <pthread.h>

#include <utility>
#include <vector>

#include "python/gil.h"

namespace stead {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds period(100);
constexpr std::chrono::seconds until_again(1);

thread_local Watchdog::Watch* this_thread = nullptr;

std::chrono::nanoseconds used(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void interrupt(unsigned long thread) {
  const GilLock lock;
  const auto raised = pybind11::module_::import("_stead").attr("TimeLimitExceeded");
  PyThreadState_SetAsyncExc(thread, raised.ptr());
}

}  // namespace

Watchdog::Watchdog(PythonLimits limits) : limits_(limits) {
  if (limits_.cpu.count() > 0 || limits_.wall.count() > 0) thread_ = std::thread([this] { run(); });
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::start(Watch& watch) const {
  watch.cpu_limit_ = limits_.cpu.count() > 0 ? used(watch.cpu_clock_) + limits_.cpu
                                             : std::chrono::nanoseconds::max();
  watch.wall_limit_ =
      limits_.wall.count() > 0 ? Clock::now() + limits_.wall : Clock::time_point::max();
}

Watchdog::Watch::Watch(Watchdog& dog) : dog_(dog), thread_(PyThread_get_thread_ident()) {
  pthread_getcpuclockid(pthread_self(), &cpu_clock_);
  dog_.start(*this);
  const std::lock_guard lock(dog_.mutex_);
  place_ = dog_.watches_.insert(dog_.watches_.end(), this);
  this_thread = this;
}

Watchdog::Watch::~Watch() {
  this_thread = nullptr;
  const std::lock_guard lock(dog_.mutex_);
  dog_.watches_.erase(place_);
}

Watchdog::Pause::Pause() : watch_(this_thread) {
  if (!watch_) return;
  const std::lock_guard lock(watch_->dog_.mutex_);
  watch_->paused_ = true;
}

Watchdog::Pause::~Pause() {
  if (!watch_) return;
  const std::lock_guard lock(watch_->dog_.mutex_);
  watch_->paused_ = false;
  watch_->dog_.start(*watch_);
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, period, [this] { return stopping_; })) {
    lock.unlock();
    check();
    lock.lock();
  }
}

void Watchdog::check() {
  std::vector<unsigned long> over;
  {
    const std::lock_guard lock(mutex_);
    for (auto* watch : watches_) {
      if (watch->paused_) continue;
      if (Clock::now() < watch->wall_limit_ && used(watch->cpu_clock_) < watch->cpu_limit_)
        continue;
      over.push_back(watch->thread_);
      watch->cpu_limit_ = used(watch->cpu_clock_) + until_again;
      watch->wall_limit_ = Clock::now() + until_again;
    }
  }
  // Not with the mutex: a thread may need it while it holds the interpreter's lock.
  for (const auto thread : over) interrupt(thread);
}

}  // namespace stead
