#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "python/fiber.h"
#include "python/gil.h"
#include "python/python_event.h"
#include "runtime/body_stream.h"
#include "runtime/durable_object.h"
#include "runtime/host.h"
#include "runtime/input_gate.h"

namespace stead {

class ObjectStore;
class PythonRuntime;
class PythonObject;
class PythonBody;

/// What Python code knows its object by; outlives it.
struct PythonObjectHandle {
  /// Null once the object has left memory.
  PythonObject* object = nullptr;
  std::string class_name;
  std::string id;
  std::optional<std::string> name;
  /// The package's own, for each instance.
  PyHandle state;

  /// Python dropped a body that still arrived. Thread: any.
  void drop_body(std::uint64_t number);
  /// Those that were dropped since the last time.
  std::vector<std::uint64_t> take_dropped_bodies();

 private:
  std::mutex mutex_;
  std::vector<std::uint64_t> dropped_bodies_;
};

/// An object, or a worker, whose class is written in Python. Whatever runs Python runs on a fiber,
/// in the object's turn; a fiber that parks ends the turn and shuts the object's gate for
/// everything but what that fiber has begun: code that waits in the middle keeps its object to
/// itself, and other objects run.
///
/// Thread: the object's turn, and its fibers. Owner: the instance.
class PythonObject final : public DurableObject {
 public:
  /// `class_name` is empty for a worker. Runs the Python constructor.
  PythonObject(State& state, PythonRuntime& runtime, const std::string& class_name);
  ~PythonObject() override;

  Task<Response> fetch(Request request) override;
  /// A method by name; `$manage` is a management command. One that fails is taken back, and its
  /// result, JSON too, is the message of the error.
  Task<std::string> call(std::string method, std::string arguments);

  // For a body that Python makes.

  Task<std::optional<std::string>> next_chunk(const PyHandle& stream);
  void end_stream(const PyHandle& stream);

  // For Python code, on a fiber of this object.

  /// The object whose fiber this thread is. Null outside.
  static PythonObject* current();
  /// The same. Throws a Python RuntimeError outside.
  static PythonObject& require_current();

  const std::shared_ptr<PythonObjectHandle>& handle() const { return handle_; }
  /// Throws `StorageError` if the object is leaving memory or was reset.
  ObjectStore& store();
  /// The `Connection` of this instance, once there is one.
  PyHandle& connection() { return connection_; }
  /// Ends the turn's transaction now, with a commit of its own.
  void flush();
  void settle(const std::shared_ptr<PythonEvent>& event);
  /// Fails an event with a Python exception, and logs its traceback.
  void reject(const std::shared_ptr<PythonEvent>& event, const pybind11::object& exception);
  Id id_from_name(const std::string& class_name, std::string name);
  Id new_unique_id(const std::string& class_name);
  Id id_from_string(const std::string& class_name, const std::string& text);
  void begin_fetch(const std::string& class_name, const Id& id, Request request, PyHandle callback);
  void begin_call(const std::string& class_name, const Id& id, std::string method,
                  std::string arguments, PyHandle callback);
  /// Gives its number for `cancel_sleep`.
  std::uint64_t begin_sleep(std::chrono::milliseconds pause, PyHandle callback);
  /// Ends a sleep now: its callback is called. Nothing if it has ended.
  void cancel_sleep(std::uint64_t number);
  void begin_sync(PyHandle callback);
  InputGate::Section enter_section();
  void leave_section(InputGate::Section section);
  void delete_all();
  [[noreturn]] void abort(const std::string& reason);
  void log(LogLevel level, std::string_view text);
  /// The number of the present fiber, for `unpark`.
  std::uint64_t strand() const { return current_strand_; }
  /// Waits until `unpark`, without the interpreter's lock. Throws `ResetError` if the object is
  /// thrown away meanwhile.
  void park();
  void unpark(std::uint64_t strand);
  std::shared_ptr<PythonBody> keep_body(BodyStream stream);
  void begin_read(const PythonObjectHandle& of, std::uint64_t body, PyHandle callback);
  void close_body(const PythonObjectHandle& of, std::uint64_t body);
  BodyStream take_body(const PythonObjectHandle& of, std::uint64_t body);
  Kv& key_values();
  Storage& durable_storage();

 private:
  /// One run of Python code, which may wait in the middle.
  struct Strand {
    std::unique_ptr<Fiber> fiber;
    /// What it runs within; and the section that it keeps while it is parked.
    InputGate::Section outer = InputGate::none;
    InputGate::Section section = InputGate::none;
    /// What it has begun and not seen the end of.
    std::vector<std::uint64_t> operations{};
    bool parked = false;
    bool unparked = false;
  };
  using Result = std::function<pybind11::object()>;

  /// Runs Python code in this turn, and all that it makes ready. `body` runs with the lock.
  void run(std::function<void()> body);
  void proceed(std::uint64_t number, std::function<void()> body);
  /// Lets queries that Python has not read to their end outlive the turn.
  void keep_rows();
  /// Rolls a transaction back that nobody is left to end: the object would commit nothing any more.
  void undo_forgotten();
  void keep_gate(Strand& strand);
  void open_gate(Strand& strand);
  void run_unparked();
  void answer_settled();
  void construct();
  void deliver(const std::shared_ptr<PythonEvent>& event);
  void wake(const PyHandle& callback, const Result& result, const std::optional<Error>& error);
  Task<void> fetch_and_wake(Stub<> stub, Request request, PyHandle callback);
  Task<void> call_and_wake(Stub<> stub, std::string method, std::string arguments,
                           PyHandle callback);
  Task<void> read_and_wake(BodyStream stream, PyHandle callback);
  Task<void> wait_and_wake(Task<void> task, PyHandle callback);

  PythonRuntime& runtime_;
  std::shared_ptr<PythonObjectHandle> handle_;
  PyHandle instance_;
  PyHandle connection_;
  /// Bodies that still arrive, by what Python knows them by.
  std::map<std::uint64_t, BodyStream> bodies_;
  std::uint64_t last_body_ = 0;
  std::map<std::uint64_t, Strand> strands_;
  std::uint64_t last_strand_ = 0;
  std::uint64_t current_strand_ = 0;
  std::vector<std::uint64_t> unparked_;
  std::map<InputGate::Section, InputGate::Section> outer_sections_;
  std::vector<std::shared_ptr<PythonEvent>> settled_;
  /// Events whose answer is still to come.
  std::size_t unanswered_ = 0;
  std::optional<Error> construction_failed_;
  bool constructed_ = false;
  /// The instance ends: what is parked must come to its end.
  bool ending_ = false;
};

}  // namespace stead
