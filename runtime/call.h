#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/environment.h"
#include "base/error.h"
#include "base/object_id.h"
#include "runtime/output.h"
#include "runtime/response.h"
#include "runtime/task.h"

namespace stead {

class DurableObject;
class Instance;
struct Class;

/// Where a call goes: an object of a class, with the name it was reached by, if any.
struct ObjectAddress {
  const Class* of = nullptr;
  ObjectId id;
  std::optional<std::string> name;

  /// "Counter(alice)", or with the id where there is no name: for messages and logs.
  std::string to_string() const;
};

/// One request on its way to an object and back. It travels down with the arguments, is run by the
/// object's instance, and travels up again, itself, with the result or an `error`. There is exactly
/// one owner at any time, and exactly one answer.
///
/// Thread: wherever it is; only its owner touches it.
class Call : public Output {
 public:
  explicit Call(ObjectAddress target) : target_(std::move(target)) {}

  const ObjectAddress& target() const { return target_; }
  /// Bytes of arguments that this call holds in memory while it is queued.
  virtual std::size_t bytes() const = 0;
  /// Short, for the log: "fetch GET /x" or "call add".
  virtual std::string describe() const = 0;

  /// Runs the handler until it returns or waits. May throw what the handler throws.
  virtual void start(DurableObject& object) = 0;
  /// Whether the handler has returned. Meaningful after `start`.
  virtual bool done() const = 0;
  /// Asks to be told when it has. Requires `!done()`.
  virtual void listen(TaskListener& listener) = 0;
  /// Moves the result out of the handler's task and destroys it. May throw what the handler threw.
  virtual void finish() = 0;
  /// Destroys the handler's task, wherever it waits.
  virtual void cancel() = 0;
  /// The last step in the callee, in its turn, behind `finish` or with an `error`: nothing that
  /// belongs to the callee may leave with the result.
  virtual void settle(Instance& callee) = 0;

  /// Gives the call back to whoever made it. Thread: the callee's; the implementation crosses over.
  virtual void return_to_caller(std::unique_ptr<Call> self) = 0;
  /// Whether it is on its way down, as a resumption, and must come back even if it meets nobody.
  virtual bool awaits_answer() const { return false; }

  /// A call that has been run is an output of its callee: the answer.
  void release(std::unique_ptr<Output> self) final;
  void fail(std::unique_ptr<Output> self, const Error& reason) final;

  /// Set instead of a result.
  std::optional<Error> error;
  /// When the callee's shard took it in.
  MonotonicTime queued_at{};

 private:
  ObjectAddress target_;
};

/// Continues something that an instance waits for: the return of a call, or the end of a pause.
struct Resumption {
  /// Which life of the object waited. A resumption for an earlier life is dropped.
  std::uint64_t incarnation = 0;
  /// Which of its operations.
  std::uint64_t operation = 0;
  /// The call that came back; null for a pause.
  std::unique_ptr<Call> call;
};

/// Gives a call back unrun, or in place of its result.
void return_with_error(std::unique_ptr<Call> call, const Error& error);
/// Nobody waits for this any more.
void drop(Resumption resumption);

namespace internal {

/// The streamed body of a response stays open in the object that answers with it.
void lend_body(Call& call, std::optional<Response>& response, Instance& callee);

}  // namespace internal

/// Implementation aid: a call whose handler gives a `T`, by way of a `Task<T>`.
template <class T>
class TypedCall : public Call {
 public:
  using Call::Call;

  bool done() const final { return task_->done(); }
  void listen(TaskListener& listener) final { task_->listen(listener); }
  void finish() final {
    if constexpr (std::is_void_v<T>) {
      task_->take();
      result.emplace();
    } else {
      result.emplace(task_->take());
    }
    task_.reset();
  }
  void cancel() final { task_.reset(); }
  void settle([[maybe_unused]] Instance& callee) override {
    if constexpr (std::is_same_v<T, Response>) {
      if (result && result->stream) internal::lend_body(*this, result, callee);
    }
  }

  std::optional<std::conditional_t<std::is_void_v<T>, internal::Unit, T>> result;

 protected:
  void set_task(Task<T> task) { task_.emplace(std::move(task)); }

 private:
  std::optional<Task<T>> task_;
};

}  // namespace stead
