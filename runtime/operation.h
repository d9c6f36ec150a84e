#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>

#include "runtime/call.h"
#include "runtime/input_gate.h"

namespace stead {

class Instance;

/// Something that an object's code waits for and that arrives later as a `Resumption`. Awaitable,
/// once. It lives in the frame of the coroutine that waits; destroyed early, it is forgotten and
/// its resumption dropped.
///
/// Thread: the object's. Owner: the waiting coroutine; the instance outlives it.
class Operation {
 public:
  explicit Operation(Instance& instance);
  virtual ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  std::uint64_t number() const { return number_; }
  /// The critical section whose code waits.
  InputGate::Section section() const { return section_; }
  /// Lets it pass the gate of a section that began after it.
  void set_section(InputGate::Section section) { section_ = section; }
  /// A resumption that ends this operation.
  Resumption resumption(std::unique_ptr<Call> call = nullptr) const;
  /// Whether it may arrive although the input gate is closed.
  virtual bool passes_gate() const { return false; }
  /// Called in a turn: keeps what arrived and continues the coroutine.
  virtual void complete(std::unique_ptr<Call> call);

  bool await_ready() const { return complete_; }
  void await_suspend(std::coroutine_handle<> waiter) { waiter_ = waiter; }
  void await_resume() {}

  /// The call that came back.
  std::unique_ptr<Call> take_call() { return std::move(call_); }

 protected:
  Instance& instance_;

 private:
  std::uint64_t number_;
  InputGate::Section section_;
  std::coroutine_handle<> waiter_;
  std::unique_ptr<Call> call_;
  bool complete_ = false;
};

}  // namespace stead
