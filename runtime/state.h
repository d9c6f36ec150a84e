#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "runtime/env.h"
#include "runtime/id.h"
#include "runtime/operation.h"
#include "runtime/storage.h"
#include "runtime/task.h"

namespace stead {

class Instance;

/// What an object knows of itself and may ask of the runtime: the `ctx` of the reference.
///
/// Thread: the object's turn. Lifetime: the instance's, so that the author's object may keep a
/// reference.
class State {
 public:
  explicit State(Instance& instance);

  const Id& id() const { return id_; }
  Storage& storage() { return storage_; }
  const Env& env() const { return env_; }

  /// Runs `body`, a function that gives a `Task`, while no other event is delivered to this object;
  /// gives its result. The section runs on if the returned task is dropped, so a constructor need
  /// not await it. If `body` throws, or takes longer than the configured limit (30 s), the object
  /// is reset and the returned task never ends. Sections nest to a depth of 64.
  ///
  ///     co_await block_concurrency_while([&]() -> Task<void> { rates_ = ...; });
  template <std::invocable Body>
    requires is_task<std::invoke_result_t<Body>>
  std::invoke_result_t<Body> block_concurrency_while(Body body) {
    const auto section = enter_section();
    return wait_for_section<Body, typename std::invoke_result_t<Body>::value_type>(std::move(body),
                                                                                   section);
  }

  /// Keeps a task, and with it the object in memory, until the task is done. An exception of the
  /// task is logged.
  void wait_until(Task<void> task);

  /// Done after a pause; other events are delivered meanwhile.
  Task<void> sleep(std::chrono::milliseconds pause);

  /// Throws this instance away: what this turn wrote is lost, callers get a `ResetError` with this
  /// reason, and the next event finds a new instance. Does not return.
  [[noreturn]] void abort(const std::string& reason);

  /// The wall clock of the environment.
  std::chrono::sys_time<std::chrono::milliseconds> now() const;

  /// For the runtime's own use.
  Instance& instance() { return instance_; }

 private:
  template <class T>
  class SectionResult final : public Operation {
   public:
    using Operation::Operation;
    std::optional<T> value;
  };

  /// Waits, in the enclosing section, for the result of `run_section`.
  template <class Body, class T>
  Task<T> wait_for_section(Body body, InputGate::Section section) {
    using Value = std::conditional_t<std::is_void_v<T>, internal::Unit, T>;
    SectionResult<Value> result(instance_);
    keep(run_section<Body, T, Value>(std::move(body), section, result.number()));
    co_await result;
    if constexpr (!std::is_void_v<T>) co_return std::move(*result.value);
  }

  /// Starts at once; everything that `body` waits for belongs to the section.
  template <class Body, class T, class Value>
  Task<void> run_section(Body body, InputGate::Section section, std::uint64_t waiter) {
    SectionScope scope(*this, section);
    Value value{};
    try {
      auto task = body();
      scope.leave();
      if constexpr (std::is_void_v<T>) {
        co_await task;
      } else {
        value = co_await task;
      }
    } catch (...) {
      fail_section();
      co_return;
    }
    end_section(section);
    if (auto* operation = find_operation(waiter)) {
      static_cast<SectionResult<Value>*>(operation)->value = std::move(value);
      operation->complete(nullptr);
    }
  }

  /// Makes a section the current one until the body first waits.
  class SectionScope {
   public:
    SectionScope(State& state, InputGate::Section section);
    ~SectionScope() { leave(); }
    SectionScope(const SectionScope&) = delete;
    SectionScope& operator=(const SectionScope&) = delete;
    void leave();

   private:
    State* state_;
    InputGate::Section outer_;
  };

  InputGate::Section enter_section();
  void keep(Task<void> task);
  void end_section(InputGate::Section section);
  /// Breaks the instance with the exception in flight.
  void fail_section();
  Operation* find_operation(std::uint64_t number);

  Instance& instance_;
  Id id_;
  Storage storage_;
  Env env_;
};

}  // namespace stead
