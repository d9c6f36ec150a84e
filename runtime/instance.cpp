#include "runtime/instance.h"

#include <algorithm>

#include "runtime/durable_object.h"

namespace stead {

namespace {

/// Resets the object when a critical section takes too long.
class SectionTimeout final : public Operation {
 public:
  using Operation::Operation;
  bool passes_gate() const override { return true; }
  void complete(std::unique_ptr<Call>) override {
    instance_.break_with(OverloadedError(
        "block_concurrency_while took longer than its limit, so the object was reset: do not wait "
        "for slow or blocked work inside it"));
  }
};

}  // namespace

struct Instance::InFlight final : TaskListener {
  InFlight(Instance& in, std::unique_ptr<Call> of) : instance(in), call(std::move(of)) {}
  void on_task_done() noexcept override { instance.finished_calls_.push_back(this); }
  Instance& instance;
  std::unique_ptr<Call> call;
};

struct Instance::Kept final : TaskListener {
  Kept(Instance& in, Task<void> of) : instance(in), task(std::move(of)) {}
  void on_task_done() noexcept override { instance.finished_tasks_.push_back(this); }
  Instance& instance;
  Task<void> task;
};

Instance::Instance(Host& host, const ObjectAddress& address, Outbox& outbox, CommitLog& commits,
                   std::unique_ptr<ObjectStore>& store, std::uint64_t incarnation)
    : host_(host),
      address_(address),
      outbox_(outbox),
      commits_(commits),
      store_(store),
      incarnation_(incarnation),
      state_(*this) {}

Instance::~Instance() { CHECK(!in_turn_); }

template <class Body>
void Instance::turn(Body&& body) {
  CHECK(!in_turn_);
  in_turn_ = true;
  body();
  collect_finished();
  end_turn();
  in_turn_ = false;
}

void Instance::start(std::unique_ptr<Call> call) {
  turn([&] {
    current_section_ = InputGate::none;
    if (!object_) construct();
    if (broken_) {
      call->error = *broken_;
      outbox_.emit(std::move(call));
      return;
    }
    if (!gate_.open()) {
      // The constructor has begun a critical section: the call waits its turn.
      undelivered_ = std::move(call);
      return;
    }
    run(std::move(call));
  });
}

bool Instance::start_kept() {
  if (!undelivered_ || !gate_.open()) return false;
  start(std::move(undelivered_));
  return true;
}

void Instance::construct() {
  try {
    object_ = address_.of->info.make(state_);
  } catch (...) {
    break_with(current_error());
  }
}

Instance::InFlight* Instance::run(std::unique_ptr<Call> call) {
  Call& running = *call;
  try {
    running.start(*object_);
  } catch (...) {
    running.error = current_error();
    answer(std::move(call));
    return nullptr;
  }
  if (running.done()) {
    answer(std::move(call));
    return nullptr;
  }
  auto entry = std::make_unique<InFlight>(*this, std::move(call));
  running.listen(*entry);
  auto* const waiting = entry.get();
  in_flight_.emplace(waiting, std::move(entry));
  return waiting;
}

void Instance::answer(std::unique_ptr<Call> call) {
  try {
    if (!call->error) call->finish();
  } catch (...) {
    call->error = current_error();
  }
  call->settle(*this);
  if (call->error) {
    call->cancel();
    call->error->set_object(address_.to_string());
    if (call->error->code() != ErrorCode::http) {
      host_.log(LogLevel::warning,
                address_.to_string() + ": " + call->describe() + " failed: " + call->error->what());
    }
  }
  emit(std::move(call));
}

void Instance::collect_finished() {
  for (auto* finished : std::exchange(finished_calls_, {})) {
    auto entry = in_flight_.extract(finished);
    answer(std::move(entry.mapped()->call));
  }
  if (!ended_streams_.empty()) close_ended_streams();
  for (auto* finished : std::exchange(finished_tasks_, {})) {
    auto entry = kept_.extract(finished);
    try {
      entry.mapped()->task.take();
    } catch (...) {
      host_.log(LogLevel::error,
                address_.to_string() + ": a background task failed: " + current_error().what());
    }
  }
}

void Instance::end_turn() {
  // A critical error has undone the turn's writes, even if the author's code caught it.
  if (store_ && store_->critical_error()) break_with(*store_->critical_error());
  if (!broken_) commit();
  if (!broken_) {
    outbox_.end_turn(commits_.confirmed(), commits_.last());
    return;
  }
  if (store_) store_->rollback();
  outbox_.fail_turn(*broken_);
}

void Instance::commit() {
  if (!store_) return;
  try {
    append(store_->commit(commits_.next()));
  } catch (...) {
    break_with(current_error());
  }
}

void Instance::append(std::optional<Transaction> transaction) {
  if (!transaction) return;
  const bool created = transaction->kind == Transaction::Kind::create;
  commits_.append(std::move(*transaction));
  if (created) host_.object_created(address_);
}

void Instance::commit_part() {
  auto& store = this->store();
  try {
    append(store.commit_part(commits_.next()));
  } catch (...) {
    break_with(current_error());
    throw;
  }
}

void Instance::resume(Resumption resumption) {
  if (resumption.incarnation != incarnation_) return drop(std::move(resumption));
  const auto found = operations_.find(resumption.operation);
  if (found == operations_.end()) return drop(std::move(resumption));
  auto& operation = *found->second;
  if (!operation.passes_gate() && !gate_.lets_through(operation.section())) {
    kept_resumptions_.push_back(std::move(resumption));
    return;
  }
  turn([&] { operation.complete(std::move(resumption.call)); });
}

bool Instance::resume_kept() {
  const auto next =
      std::find_if(kept_resumptions_.begin(), kept_resumptions_.end(), [&](const Resumption& kept) {
        const auto found = operations_.find(kept.operation);
        return found == operations_.end() || gate_.lets_through(found->second->section());
      });
  if (next == kept_resumptions_.end()) return false;
  auto resumption = std::move(*next);
  kept_resumptions_.erase(next);
  resume(std::move(resumption));
  return true;
}

bool Instance::idle() const {
  return in_flight_.empty() && kept_.empty() && operations_.empty() && !undelivered_;
}

std::vector<std::unique_ptr<Call>> Instance::abandon() {
  std::vector<std::unique_ptr<Call>> calls;
  if (undelivered_) calls.push_back(std::move(undelivered_));
  for (auto& [key, entry] : in_flight_) {
    entry->call->cancel();
    calls.push_back(std::move(entry->call));
  }
  in_flight_.clear();
  for (auto& kept : kept_resumptions_) {
    if (kept.call && kept.call->awaits_answer()) calls.push_back(std::move(kept.call));
  }
  streams_.clear();
  return calls;
}

void Instance::close() {
  object_.reset();
  try {
    if (store_ && store_->stored()) host_.object_closed(address_, store_->database_size());
  } catch (const Error& error) {
    host_.log(LogLevel::warning,
              address_.to_string() + " leaves memory, its size unknown: " + error.what());
  }
}

ObjectStore& Instance::store() {
  if (broken_) broken_->raise();
  if (!address_.of->info.has_storage) {
    throw TypeError(
        "a worker has no storage: keep state in an object, reached with object<T>(name)");
  }
  if (!store_) {
    store_ = host_.open_store(address_);
    store_->set_on_write([&host = host_] {
      const auto refusal = host.write_refusal();
      if (refusal.empty()) return;
      OverloadedError error("the node takes no writes now, only reads: " + refusal);
      error.set_retryable(true);
      error.raise();
    });
  }
  return *store_;
}

void Instance::delete_all() {
  auto removal = store().delete_all(commits_.next());
  if (!removal) return;
  commits_.append(std::move(*removal));
  host_.object_deleted(address_);
}

void Instance::emit(std::unique_ptr<Output> output) { outbox_.emit(std::move(output)); }

void Instance::keep(Task<void> task) {
  auto entry = std::make_unique<Kept>(*this, std::move(task));
  if (entry->task.done()) {
    finished_tasks_.push_back(entry.get());
  } else {
    entry->task.listen(*entry);
  }
  kept_.emplace(entry.get(), std::move(entry));
}

void Instance::break_with(Error error) {
  if (broken_) return;
  error.set_object_reset(true).set_object(address_.to_string());
  broken_ = std::move(error);
}

InputGate::Section Instance::enter_section() {
  if (gate_.depth() >= limits::critical_section_depth) {
    throw RangeError("block_concurrency_while is nested too deeply: 64 sections at most");
  }
  const auto outer = std::exchange(current_section_, gate_.enter());
  const auto section = current_section_;
  auto timeout = std::make_unique<SectionTimeout>(*this);
  host_.resume_after(host_.config().object.critical_section, address_.id, timeout->resumption());
  section_timeouts_.emplace(section, std::move(timeout));
  current_section_ = outer;
  return section;
}

void Instance::leave_section(InputGate::Section section) {
  section_timeouts_.erase(section);
  gate_.leave(section);
}

std::unique_ptr<internal::RemoteBody> Instance::open_stream(std::unique_ptr<BodySource> source,
                                                            std::string what) {
  // Pulls come from outside, whatever code it was that opened the stream.
  const auto section = std::exchange(current_section_, InputGate::none);
  auto stream = std::make_unique<OpenStream>(*this, std::move(source), std::move(what));
  current_section_ = section;
  auto reader = stream->reader();
  const auto number = stream->number();
  streams_.emplace(number, Streaming{std::move(stream), nullptr});
  return reader;
}

void Instance::serve(OpenStream& stream, std::unique_ptr<PullCall> call) {
  const auto entry = streams_.find(stream.number());
  if (entry == streams_.end()) return drop({incarnation_, stream.number(), std::move(call)});
  if (entry->second.pull) {
    call->error = TypeError("two reads of one stream at the same time: await the first");
    return answer(std::move(call));
  }
  call->stream = &stream;
  call->what = stream.what();
  // The stream may end meanwhile, but not while a pull of it waits.
  if (auto* const waiting = run(std::move(call))) streams_.at(stream.number()).pull = waiting;
}

void Instance::pull_answered(OpenStream& stream, bool ended) {
  const auto entry = streams_.find(stream.number());
  if (entry != streams_.end()) entry->second.pull = nullptr;
  if (ended) end_stream(stream);
}

void Instance::end_stream(OpenStream& stream) {
  auto entry = streams_.extract(stream.number());
  if (entry.empty()) return;
  if (auto* const waiting = entry.mapped().pull) {
    const auto pull = in_flight_.extract(waiting);
    pull.mapped()->call->cancel();
  }
  ended_streams_.push_back(std::move(entry.mapped().stream));
}

void Instance::close_ended_streams() {
  for (const auto& stream : std::exchange(ended_streams_, {})) {
    if (broken_) continue;
    try {
      stream->source().close();
    } catch (...) {
      host_.log(LogLevel::error, address_.to_string() + ": closing the streamed body of " +
                                     *stream->what() + " failed: " + current_error().what());
    }
  }
}

std::uint64_t Instance::add_operation(Operation& operation) {
  operations_.emplace(++last_operation_, &operation);
  return last_operation_;
}

Operation* Instance::find_operation(std::uint64_t number) {
  const auto found = operations_.find(number);
  return found == operations_.end() ? nullptr : found->second;
}

}  // namespace stead
