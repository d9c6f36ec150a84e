#include "python/python_object.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "python/conversion.h"
#include "python/python_body.h"
#include "python/python_runtime.h"
#include "python/sql_connection.h"
#include "runtime/instance.h"
#include "storage/object_store.h"

namespace stead {

namespace py = pybind11;

namespace {

thread_local PythonObject* current_object = nullptr;

constexpr const char* manage = "$manage";
/// Of the result of a management command.
bool has_failed(const std::string& result) {
  const auto json = nlohmann::json::parse(result, nullptr, false);
  return json.is_object() && json.value("code", 0) != 0;
}

constexpr const char* reset_meanwhile = "the object was reset while its code waited";

}  // namespace

PythonObject* PythonObject::current() { return current_object; }

PythonObject& PythonObject::require_current() {
  if (current_object) return *current_object;
  throw std::runtime_error(
      "this runs outside of any object: storage and other objects are there only while an event is "
      "handled");
}

PythonObject::PythonObject(State& state, PythonRuntime& runtime, const std::string& class_name)
    : DurableObject(state), runtime_(runtime), handle_(std::make_shared<PythonObjectHandle>()) {
  handle_->object = this;
  handle_->class_name = class_name;
  handle_->id = state.id().to_string();
  handle_->name = state.id().name();
  try {
    run([this] { construct(); });
    if (construction_failed_) construction_failed_->raise();
  } catch (...) {
    handle_->object = nullptr;
    throw;
  }
  constructed_ = true;
}

PythonObject::~PythonObject() {
  ending_ = true;
  while (!strands_.empty()) proceed(strands_.begin()->first, nullptr);
  if (instance_) {
    run([this] { runtime_.close(instance_.get()); });
  }
  handle_->object = nullptr;
}

void PythonObject::construct() {
  try {
    instance_ = PyHandle(runtime_.construct(handle_));
  } catch (...) {
    const auto error = error_from_python();
    if (constructed_) state().instance().break_with(error);
    construction_failed_ = error;
  }
}

void PythonObject::run(std::function<void()> body) {
  for (const auto number : handle_->take_dropped_bodies()) bodies_.erase(number);
  Strand strand{.fiber = runtime_.fibers().take(), .outer = state().instance().current_section()};
  strands_.emplace(++last_strand_, std::move(strand));
  proceed(last_strand_, std::move(body));
  if (ending_) return;
  run_unparked();
  answer_settled();
}

void PythonObject::proceed(std::uint64_t number, std::function<void()> body) {
  auto& strand = strands_.at(number);
  auto& instance = state().instance();
  const auto before = instance.last_operation();
  const auto outer = std::exchange(current_strand_, number);
  bool ended = false;
  if (body) {
    ended = strand.fiber->run([this, body = std::move(body)] {
      const Watchdog::Watch watch(runtime_.watchdog());
      const GilLock lock;
      current_object = this;
      body();
      keep_rows();
      undo_forgotten();
      current_object = nullptr;
    });
  } else {
    ended = strand.fiber->resume();
  }
  current_strand_ = outer;
  if (ended) {
    runtime_.fibers().give_back(std::move(strand.fiber));
    strands_.erase(number);
    return;
  }
  if (ending_) return;
  for (auto begun = before + 1; begun <= instance.last_operation(); ++begun) {
    strand.operations.push_back(begun);
  }
  keep_gate(strand);
}

void PythonObject::keep_rows() {
  if (!connection_ || ending_ || state().instance().broken()) return;
  store().database().keep_cursor_rows();
}

void PythonObject::undo_forgotten() {
  auto& instance = state().instance();
  if (!connection_ || ending_ || instance.broken()) return;
  if (unanswered_ > 0 || strands_.size() > 1 || instance.waits()) return;
  auto& connection = connection_.get().cast<SqlConnection&>();
  if (!connection.in_transaction()) return;
  connection.rollback();
  log(LogLevel::warning,
      "a transaction that was begun and not ended was rolled back: end what you begin in the same "
      "event");
}

void PythonObject::keep_gate(Strand& strand) {
  // Requests to a worker run side by side.
  if (handle_->class_name.empty()) return;
  auto& instance = state().instance();
  strand.section = instance.enter_section();
  std::erase_if(strand.operations, [&](std::uint64_t number) {
    auto* operation = instance.find_operation(number);
    if (operation) operation->set_section(strand.section);
    return !operation;
  });
}

void PythonObject::open_gate(Strand& strand) {
  auto& instance = state().instance();
  if (strand.section != InputGate::none) instance.leave_section(strand.section);
  strand.section = InputGate::none;
  instance.set_current_section(strand.outer);
}

void PythonObject::run_unparked() {
  while (!unparked_.empty()) {
    const auto number = unparked_.front();
    unparked_.erase(unparked_.begin());
    const auto found = strands_.find(number);
    if (found == strands_.end()) continue;
    open_gate(found->second);
    proceed(number, nullptr);
  }
}

void PythonObject::answer_settled() {
  for (const auto& event : std::exchange(settled_, {})) {
    if (event->waiting == 0) continue;
    if (auto* operation = state().instance().find_operation(event->waiting)) {
      operation->complete(nullptr);
    }
  }
}

void PythonObject::park() {
  if (ending_) throw ResetError(reset_meanwhile);
  const auto number = current_strand_;
  auto& strand = strands_.at(number);
  if (!std::exchange(strand.unparked, false)) {
    keep_rows();
    const py::gil_scoped_release released;
    const Watchdog::Pause unwatched;
    strand.parked = true;
    strand.fiber->park();
    strand.parked = false;
    strand.unparked = false;
  }
  if (ending_) throw ResetError(reset_meanwhile);
}

void PythonObject::unpark(std::uint64_t number) {
  const auto found = strands_.find(number);
  if (found == strands_.end() || std::exchange(found->second.unparked, true)) return;
  if (found->second.parked) unparked_.push_back(number);
}

void PythonObject::deliver(const std::shared_ptr<PythonEvent>& event) {
  event->object = this;
  ++unanswered_;
  run([this, event] { runtime_.start(instance_.get(), event); });
}

Task<Response> PythonObject::fetch(Request request) {
  auto event = std::make_shared<PythonEvent>(
      PythonEvent{.kind = PythonEvent::Kind::fetch, .request = std::move(request)});
  deliver(event);
  if (!event->settled) {
    Operation settled(state().instance());
    event->waiting = settled.number();
    co_await settled;
  }
  if (event->error) event->error->raise();
  co_return std::move(event->response);
}

Task<std::string> PythonObject::call(std::string method, std::string arguments) {
  const auto kind = method == manage ? PythonEvent::Kind::manage : PythonEvent::Kind::rpc;
  auto event = std::make_shared<PythonEvent>(
      PythonEvent{.kind = kind, .method = std::move(method), .arguments = std::move(arguments)});
  deliver(event);
  if (!event->settled) {
    Operation settled(state().instance());
    event->waiting = settled.number();
    co_await settled;
  }
  if (event->error) event->error->raise();
  if (event->kind == PythonEvent::Kind::manage && has_failed(event->result)) {
    // A command that fails leaves nothing behind.
    const Error failed(ErrorCode::exception, event->result);
    state().instance().break_with(failed);
    failed.raise();
  }
  co_return std::move(event->result);
}

void PythonObject::settle(const std::shared_ptr<PythonEvent>& event) {
  if (std::exchange(event->settled, true)) return;
  if (event->kind != PythonEvent::Kind::chunk) --unanswered_;
  settled_.push_back(event);
}

void PythonObject::reject(const std::shared_ptr<PythonEvent>& event, const py::object& exception) {
  log(LogLevel::error, traceback_of(exception));
  event->error = error_of(exception);
  // What it was in the middle of is unknown.
  if (event->error->overloaded()) state().instance().break_with(*event->error);
  settle(event);
}

void PythonObject::wake(const PyHandle& callback, const Result& result,
                        const std::optional<Error>& error) {
  const auto tell = [&] { runtime_.wake(callback.get(), error ? py::none() : result(), error); };
  // What has ended before it began is told within the code that began it.
  if (current_object == this) {
    tell();
  } else {
    run(tell);
  }
}

Task<void> PythonObject::fetch_and_wake(Stub<> stub, Request request, PyHandle callback) {
  std::optional<Error> error;
  Response response;
  auto answer = stub.fetch(std::move(request));
  try {
    auto given = co_await answer;
    response = std::move(given);
  } catch (...) {
    error = current_error();
  }
  wake(callback, [&] { return response_to_python(response); }, error);
}

Task<void> PythonObject::call_and_wake(Stub<> stub, std::string method, std::string arguments,
                                       PyHandle callback) {
  std::optional<Error> error;
  std::string result;
  auto answer = stub.call_json(std::move(method), std::move(arguments));
  try {
    auto given = co_await answer;
    result = std::move(given);
  } catch (...) {
    error = current_error();
  }
  wake(callback, [&] { return py::str(result); }, error);
}

Task<void> PythonObject::read_and_wake(BodyStream stream, PyHandle callback) {
  std::optional<Error> error;
  std::optional<std::string> chunk;
  try {
    auto given = co_await stream.read();
    chunk = std::move(given);
  } catch (...) {
    error = current_error();
  }
  const auto result = [&]() -> py::object {
    if (chunk) return py::bytes(*chunk);
    return py::none();
  };
  wake(callback, result, error);
}

Task<void> PythonObject::wait_and_wake(Task<void> task, PyHandle callback) {
  std::optional<Error> error;
  try {
    co_await task;
  } catch (...) {
    error = current_error();
  }
  wake(callback, [] { return py::none(); }, error);
}

void PythonObject::begin_fetch(const std::string& class_name, const Id& id, Request request,
                               PyHandle callback) {
  auto stub = objects(class_name).get(id);
  state().wait_until(fetch_and_wake(stub, std::move(request), std::move(callback)));
}

void PythonObject::begin_call(const std::string& class_name, const Id& id, std::string method,
                              std::string arguments, PyHandle callback) {
  auto stub = objects(class_name).get(id);
  state().wait_until(
      call_and_wake(stub, std::move(method), std::move(arguments), std::move(callback)));
}

std::uint64_t PythonObject::begin_sleep(std::chrono::milliseconds pause, PyHandle callback) {
  state().wait_until(wait_and_wake(state().sleep(pause), std::move(callback)));
  return state().instance().last_operation();
}

void PythonObject::cancel_sleep(std::uint64_t number) {
  auto& instance = state().instance();
  auto* sleep = instance.find_operation(number);
  if (!sleep) return;
  const auto section = instance.current_section();
  sleep->complete(nullptr);
  instance.set_current_section(section);
}

void PythonObject::begin_sync(PyHandle callback) {
  state().wait_until(wait_and_wake(storage().sync(), std::move(callback)));
}

ObjectStore& PythonObject::store() {
  if (ending_) throw StorageError("the object has left memory: its storage is closed");
  return state().instance().store();
}

void PythonObject::flush() { state().instance().commit_part(); }

Id PythonObject::id_from_name(const std::string& class_name, std::string name) {
  return objects(class_name).id_from_name(std::move(name));
}

Id PythonObject::new_unique_id(const std::string& class_name) {
  return objects(class_name).new_unique_id();
}

Id PythonObject::id_from_string(const std::string& class_name, const std::string& text) {
  return objects(class_name).id_from_string(text);
}

InputGate::Section PythonObject::enter_section() {
  auto& instance = state().instance();
  const auto section = instance.enter_section();
  outer_sections_[section] = instance.current_section();
  instance.set_current_section(section);
  return section;
}

void PythonObject::leave_section(InputGate::Section section) {
  const auto outer = outer_sections_.extract(section);
  if (!outer) throw RangeError("there is no such section: it was left before");
  state().instance().leave_section(section);
  state().instance().set_current_section(outer.mapped());
}

void PythonObject::delete_all() { storage().delete_all(); }

void PythonObject::abort(const std::string& reason) { state().abort(reason); }

void PythonObject::log(LogLevel level, std::string_view text) {
  const auto& address = state().instance().address();
  const auto from = handle_->class_name.empty() ? std::string("worker") : address.to_string();
  state().instance().host().log(level, from + ": " + std::string(text));
}

void PythonObjectHandle::drop_body(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  dropped_bodies_.push_back(number);
}

std::vector<std::uint64_t> PythonObjectHandle::take_dropped_bodies() {
  const std::lock_guard lock(mutex_);
  return std::exchange(dropped_bodies_, {});
}

std::shared_ptr<PythonBody> PythonObject::keep_body(BodyStream stream) {
  bodies_.emplace(++last_body_, std::move(stream));
  return std::make_shared<PythonBody>(handle_, last_body_);
}

void PythonObject::begin_read(const PythonObjectHandle& of, std::uint64_t body, PyHandle callback) {
  const auto found = &of == handle_.get() ? bodies_.find(body) : bodies_.end();
  if (found == bodies_.end()) throw TypeError("the body was closed, or belongs to another object");
  state().wait_until(read_and_wake(found->second, std::move(callback)));
}

void PythonObject::close_body(const PythonObjectHandle& of, std::uint64_t body) {
  if (&of == handle_.get()) bodies_.erase(body);
}

BodyStream PythonObject::take_body(const PythonObjectHandle& of, std::uint64_t body) {
  if (&of != handle_.get()) throw TypeError("the body belongs to another object");
  const auto found = bodies_.extract(body);
  if (!found) throw TypeError("the body was closed");
  return std::move(found.mapped());
}

Task<std::optional<std::string>> PythonObject::next_chunk(const PyHandle& stream) {
  auto event = std::make_shared<PythonEvent>(PythonEvent{.kind = PythonEvent::Kind::chunk});
  event->object = this;
  run([this, event, &stream] { runtime_.next_chunk(stream.get(), event); });
  if (!event->settled) {
    Operation settled(state().instance());
    event->waiting = settled.number();
    co_await settled;
  }
  if (event->error) event->error->raise();
  co_return std::move(event->chunk);
}

void PythonObject::end_stream(const PyHandle& stream) {
  run([this, &stream] { runtime_.end_stream(stream.get()); });
}

Kv& PythonObject::key_values() {
  store();
  return kv();
}

Storage& PythonObject::durable_storage() { return storage(); }

}  // namespace stead
