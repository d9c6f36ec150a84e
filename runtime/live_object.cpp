#include "runtime/live_object.h"

#include "runtime/durable_object.h"

namespace stead {

namespace {

constexpr const char* queued_too_long = "calls have been queued for too long";

OverloadedError overloaded(const std::string& reason) {
  return OverloadedError("the object is overloaded: " + reason +
                         "; send less, and later, or spread the work over more objects");
}

}  // namespace

LiveObject::LiveObject(Host& host, ObjectAddress address)
    : host_(host), address_(std::move(address)), commits_(host_, address_) {}

LiveObject::~LiveObject() {
  store_.reset();
  report_memory();
}

std::optional<Error> LiveObject::admit(const Call& call) {
  const auto& bounds = host_.config().object;
  auto& shard = host_.load();
  const auto bytes = call.bytes();
  if (load_.calls >= bounds.queued_calls) return overloaded("too many calls are queued");
  if (load_.calls > 0 && load_.bytes + bytes > bounds.queued_bytes) {
    return overloaded("too many bytes are queued");
  }
  if (!queue_.empty() && waited_too_long(*queue_.front())) return overloaded(queued_too_long);
  if (shard.calls >= host_.load_limit().calls || shard.bytes + bytes > host_.load_limit().bytes) {
    return OverloadedError(
        "the node is overloaded: too many calls are queued; send less, or later");
  }
  load_.calls += 1;
  load_.bytes += bytes;
  shard.calls += 1;
  shard.bytes += bytes;
  return std::nullopt;
}

void LiveObject::deliver(std::unique_ptr<Call> call) {
  queue_.push_back(std::move(call));
  if (ended_) {
    return_with_error(take_next(), *ended_);
    return;
  }
  pump();
}

bool LiveObject::waited_too_long(const Call& call) const {
  return host_.environment().clock.monotonic_now() - call.queued_at >
         host_.config().object.queue_age;
}

void LiveObject::resume(Resumption resumption) {
  if (restore_ && restore_->resume(resumption)) {
    end_restore();
    return;
  }
  if (!instance_) return drop(std::move(resumption));
  instance_->resume(std::move(resumption));
  pump();
}

void LiveObject::commit_outcome(std::uint64_t sequence, CommitOutcome outcome) {
  commits_.settle(sequence);
  if (outcome == CommitOutcome::durable) {
    if (store_) store_->durable(sequence);
    outbox_.commits_durable(sequence);
  } else {
    const auto refusal = host_.write_refusal();
    StorageError error("a commit could not be made durable, so the object was reset" +
                       (refusal.empty() ? std::string() : ": " + refusal));
    error.set_object_reset(true).set_object(address_.to_string());
    outbox_.fail_all(error);
    rebuild_due_ = store_ != nullptr;
    if (instance_) instance_->break_with(error);
  }
  if (restore_) {
    if (outcome != CommitOutcome::durable) commits_.take_back(outbox_.durable());
    restore_->commit_outcome(outcome);
    end_restore();
  } else if (rebuild_due_ || checkpoint_due_ || restore_due()) {
    pump();
  }
}

void LiveObject::begin_restore() {
  const auto number = *store_->restore_request();
  const auto path = store_->path();
  const bool whole = checkpoint();
  store_->request_restore({});
  if (!whole) {
    fail_queue(StorageError("the object could not be restored: its file cannot be written"));
    return;
  }
  store_.reset();
  restore_ = std::make_unique<Restore>(host_, address_, commits_, path, number);
}

void LiveObject::end_restore() {
  if (!restore_->done()) return;
  if (const auto& cause = restore_->error()) {
    const StorageError error(std::string("the object could not be restored, and is as it was: ") +
                             cause->what());
    host_.log(LogLevel::error, address_.to_string() + ": " + error.what());
    fail_queue(error);
  }
  restore_.reset();
  pump();
}

void LiveObject::fail_queue(const Error& error) {
  while (!queue_.empty()) return_with_error(take_next(), error);
}

void LiveObject::request_checkpoint() {
  checkpoint_due_ = true;
  pump();
}

bool LiveObject::flush() {
  if (!store_) return false;
  auto transaction = store_->flush(commits_.next());
  if (!transaction) return false;
  const bool created = transaction->kind == Transaction::Kind::create;
  commits_.append(std::move(*transaction));
  if (created) host_.object_created(address_);
  return true;
}

bool LiveObject::storage_busy() {
  if (restore_) return true;
  if (!store_) return false;
  if (store_->wants_checkpoint()) checkpoint_due_ = true;
  // A transaction that goes on over several turns has to end before a checkpoint.
  const bool may_checkpoint = checkpoint_due_ && !store_->dirty();
  if (!rebuild_due_ && !may_checkpoint && !restore_due()) return false;
  flush();
  if (!commits_.settled()) return true;
  if (rebuild_due_ && !rebuild()) return true;
  if (!store_->dirty() && std::exchange(checkpoint_due_, false)) checkpoint();
  if (restore_due()) begin_restore();
  return restore_ != nullptr;
}

bool LiveObject::rebuild() {
  try {
    store_->rebuild();
  } catch (const StorageError& error) {
    // What is durable is in the journal, and here still: the next call tries again.
    StorageError failure("what the object has stored cannot be read back now: " +
                         std::string(error.what()));
    failure.set_object(address_.to_string());
    host_.log(LogLevel::error, address_.to_string() + ": " + failure.what());
    while (!queue_.empty()) return_with_error(take_next(), failure);
    return false;
  }
  rebuild_due_ = false;
  const bool lost = commits_.last() != outbox_.durable();
  if (lost && !store_->stored()) host_.object_deleted(address_);
  commits_.take_back(outbox_.durable());
  return true;
}

bool LiveObject::checkpoint() {
  try {
    store_->checkpoint();
  } catch (const StorageError& error) {
    host_.log(LogLevel::warning,
              address_.to_string() + " stays in memory and in the journal: " + error.what());
    return false;
  }
  if (store_->take_disk_changed() && commits_.journal_number() > 0) {
    host_.checkpointed(address_, store_->path(), commits_.journal_number());
  }
  return true;
}

void LiveObject::report_memory() {
  const auto memory = store_ ? store_->memory() : 0;
  if (memory == reported_memory_) return;
  host_.storage_memory_changed(static_cast<std::ptrdiff_t>(memory) -
                               static_cast<std::ptrdiff_t>(reported_memory_));
  reported_memory_ = memory;
}

void LiveObject::pump() {
  reset_if_broken();
  for (;;) {
    const bool busy = storage_busy();
    report_memory();
    if (busy) return;
    if (instance_ && instance_->resume_kept()) {
    } else if (instance_ && instance_->start_kept()) {
    } else if (!queue_.empty() && (!instance_ || instance_->gate().open())) {
      start_next();
    } else {
      return;
    }
    reset_if_broken();
  }
}

void LiveObject::start_next() {
  auto call = take_next();
  if (waited_too_long(*call)) {
    return_with_error(std::move(call), overloaded(queued_too_long));
  } else {
    instance().start(std::move(call));
  }
}

std::unique_ptr<Call> LiveObject::take_next() {
  auto call = std::move(queue_.front());
  queue_.pop_front();
  const auto bytes = call->bytes();
  load_.calls -= 1;
  load_.bytes -= bytes;
  host_.load().calls -= 1;
  host_.load().bytes -= bytes;
  return call;
}

Instance& LiveObject::instance() {
  if (!instance_) {
    instance_ = std::make_unique<Instance>(host_, address_, outbox_, commits_, store_,
                                           host_.new_incarnation());
  }
  return *instance_;
}

void LiveObject::reset_if_broken() {
  if (!instance_ || !instance_->broken()) return;
  const Error error = *instance_->broken();
  host_.log(LogLevel::error, address_.to_string() + " was reset: " + error.what());
  auto calls = instance_->abandon();
  if (!instance_->constructed()) {
    // The constructor threw: whoever waits for it gets its error, the next call constructs afresh.
    while (!queue_.empty()) calls.push_back(take_next());
  }
  instance_.reset();
  rebuild_due_ = store_ != nullptr;
  for (auto& call : calls) return_with_error(std::move(call), error);
}

bool LiveObject::idle() const {
  return load_.calls == 0 && !restore_ && outbox_.empty() && commits_.settled() &&
         (!instance_ || instance_->idle());
}

bool LiveObject::evict() {
  CHECK(idle());
  if (instance_) instance_->close();
  instance_.reset();
  if (!store_) return true;
  if (restore_due()) {
    pump();
    return false;
  }
  checkpoint_due_ = false;
  if (rebuild_due_ && !rebuild()) return false;
  if (flush() || !checkpoint()) return false;
  store_.reset();
  report_memory();
  return true;
}

void LiveObject::shut_down(const Error& error) {
  ended_ = error;
  if (!idle() && instance_) {
    instance_->break_with(error);
    reset_if_broken();
  }
  while (!queue_.empty()) return_with_error(take_next(), error);
  flush();
}

void LiveObject::close() {
  if (!commits_.settled()) {
    // Possible only if the journal has ended without a word: it is read again at the next start.
    outbox_.fail_all(*ended_);
    store_.reset();
  }
  if (rebuild_due_ && store_ && !rebuild()) store_.reset();
  if (instance_) instance_->close();
  instance_.reset();
  if (store_) checkpoint();
  store_.reset();
}

}  // namespace stead
