#pragma once

#include <exception>
#include <functional>
#include <thread>
#include <utility>

namespace stead {

/// A thread that does one kind of work: `step` whenever `wait` says that there is some, until
/// `wait` says that there will be none. What `step` throws goes to `on_failure`, and ends it.
class BackgroundThread final {
 public:
  BackgroundThread(std::function<bool()> wait, std::function<void()> step,
                   std::function<void(std::exception_ptr)> on_failure)
      : thread_(
            [wait = std::move(wait), step = std::move(step), on_failure = std::move(on_failure)] {
              try {
                while (wait()) step();
              } catch (...) {
                on_failure(std::current_exception());
              }
            }) {}
  /// Waits for its end: whoever is behind `wait` must have been told to stop.
  ~BackgroundThread() {
    if (thread_.joinable()) thread_.join();
  }
  BackgroundThread(const BackgroundThread&) = delete;
  BackgroundThread& operator=(const BackgroundThread&) = delete;

 private:
  std::thread thread_;
};

}  // namespace stead
