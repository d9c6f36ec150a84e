#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/check.h"

namespace stead {

template <class T>
class Task;

/// Told when a task that nobody awaits has finished: how an instance follows its handlers.
class TaskListener {
 public:
  /// Called while the coroutine rests at its end: the task must not be destroyed before this
  /// returns to whoever resumed the coroutine.
  virtual void on_task_done() noexcept = 0;

 protected:
  ~TaskListener() = default;
};

namespace internal {

struct TaskPromiseBase {
  std::coroutine_handle<> waiter;
  TaskListener* listener = nullptr;
  std::exception_ptr exception;

  struct Final {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> handle) noexcept {
      auto& promise = handle.promise();
      if (promise.waiter) return promise.waiter;
      if (promise.listener) promise.listener->on_task_done();
      return std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };

  std::suspend_never initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U = T>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() { return std::move(*value); }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() noexcept {}
  void take() noexcept {}
};

struct Unit {};

}  // namespace internal

/// What a handler returns: a value, now or later. A plain `T` converts to a finished task, so a
/// handler that never waits is an ordinary function.
///
/// Calling a coroutine starts it; `co_await` takes its result or rethrows its exception; dropping
/// the task cancels it at the point where it waits. A task is awaited once at most.
///
/// Await into a name, then use the name: GCC 12 miscompiles some other shapes
/// (docs/coroutines.md).
///
/// Thread: the turn of one object. Owner: one.
template <class T>
class [[nodiscard]] Task {
  using Value = std::conditional_t<std::is_void_v<T>, internal::Unit, T>;

 public:
  using promise_type = internal::TaskPromise<T>;
  using value_type = T;

  Task(Task&& other) noexcept : value_(std::move(other.value_)), handle_(other.handle_) {
    other.handle_ = nullptr;
  }
  Task& operator=(Task&& other) noexcept {
    if (this == &other) return *this;
    reset();
    value_ = std::move(other.value_);
    handle_ = std::exchange(other.handle_, nullptr);
    return *this;
  }
  ~Task() { reset(); }

  /// A finished task.
  template <class U = Value>
    requires(!std::is_void_v<T> && std::is_convertible_v<U &&, Value> &&
             !std::is_same_v<std::remove_cvref_t<U>, Task>)
  Task(U&& value) : value_(std::in_place, std::forward<U>(value)) {}
  Task()
    requires std::is_void_v<T>
      : value_(std::in_place) {}

  bool done() const { return value_.has_value() || (handle_ && handle_.done()); }

  /// The result, or its exception thrown. Requires `done()`; once.
  T take() {
    CHECK(done());
    if (!handle_) {
      if constexpr (std::is_void_v<T>) {
        return;
      } else {
        return std::move(*value_);
      }
    }
    auto& promise = handle_.promise();
    if (promise.exception) std::rethrow_exception(promise.exception);
    return promise.take();
  }

  /// Requires `!done()`; the listener must outlive the task.
  void listen(TaskListener& listener) { handle_.promise().listener = &listener; }

  bool await_ready() const { return done(); }
  void await_suspend(std::coroutine_handle<> waiter) { handle_.promise().waiter = waiter; }
  T await_resume() { return take(); }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

  void reset() {
    value_.reset();
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }

  std::optional<Value> value_;
  std::coroutine_handle<promise_type> handle_;
};

template <class T>
Task<T> internal::TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<void> internal::TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<Task<T>> = true;

/// What awaiting a handler's result gives: `T` for both `T` and `Task<T>`.
template <class T>
struct Awaited {
  using type = T;
};
template <class T>
struct Awaited<Task<T>> {
  using type = T;
};
template <class T>
using AwaitedType = typename Awaited<T>::type;

}  // namespace stead
