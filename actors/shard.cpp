#include "actors/shard.h"

#include <algorithm>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include "actors/directory.h"
#include "actors/node.h"
#include "storage/checkpointer.h"
#include "storage/object_path.h"
#include "storage/object_store.h"
#include "storage/work_queue.h"

namespace stead {

namespace asio = boost::asio;

namespace {

/// Messages that an actor handles before others get their turn.
constexpr std::size_t messages_per_run = 64;

/// Moving pages into files takes its time, so a sweep stops for a while before it delays others.
constexpr std::chrono::milliseconds sweep_budget(2);
constexpr std::chrono::milliseconds pause_between_sweeps(5);

QueueLoad share_of(const NodeLimits& limits, std::size_t shards) {
  return {std::max<std::size_t>(limits.queued_calls / shards, 1),
          std::max<std::size_t>(limits.queued_bytes / shards, 1)};
}

std::size_t count_of(const Config& config) {
  return std::max<std::size_t>(1, config.shards + config.blocking_shards);
}

}  // namespace

Shard::Shard(ShardServices services)
    : caf::execution_unit(&services.actors),
      services_(services),
      load_limit_(share_of(services.config.node, count_of(services.config))),
      memory_limit_(services.config.node.page_memory / count_of(services.config)),
      order_slack_(services.config.object.idle_timeout / 16) {}

Shard::~Shard() = default;

void Shard::start() {
  schedule_sweep(std::chrono::milliseconds(1));
  thread_ = std::thread([this] {
    const auto work = asio::make_work_guard(loop_);
    loop_.run();
  });
}

void Shard::join() {
  stop_loop();
  if (thread_.joinable()) thread_.join();
}

void Shard::stop_loop() {
  asio::post(loop_, [this] {
    if (pending_jobs_ > 0) {
      stop_loop();  // actors hold a reference to themselves until they have run
    } else {
      loop_.stop();
    }
  });
}

Shard& Shard::home_of(const ObjectAddress& object) const {
  const auto& config = services_.config;
  const auto hash = std::hash<ObjectId>()(object.id);
  return object.of->info.blocking ? *services_.shards[config.shards + hash % config.blocking_shards]
                                  : *services_.shards[hash % config.shards];
}

void Shard::exec_later(caf::resumable* job) {
  ++pending_jobs_;
  if (on_own_thread() && !running_job_) {
    run(job);  // nothing of an object is on the stack, so there is nothing to wait for
  } else {
    asio::post(loop_, [this, job] { run(job); });
  }
}

void Shard::run(caf::resumable* job) {
  --pending_jobs_;
  running_job_ = true;
  const auto result = job->resume(this, messages_per_run);
  running_job_ = false;
  switch (result) {
    case caf::resumable::resume_later:
      exec_later(job);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      intrusive_ptr_release(job);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
  }
}

void Shard::send(std::unique_ptr<Call> call) {
  home_of(call->target()).take({.kind = Arrival::Kind::call, .call = std::move(call)});
}

void Shard::bring_back(std::unique_ptr<Call> call) {
  take({.kind = Arrival::Kind::answer, .call = std::move(call)});
}

void Shard::resume(const ObjectId& object, Resumption resumption) {
  take({.kind = Arrival::Kind::resumption, .object = object, .resumption = std::move(resumption)});
}

void Shard::take(Arrival arrival) {
  if (on_own_thread()) {
    accept(std::move(arrival));
    return;
  }
  bool first = false;
  {
    const std::lock_guard lock(arrivals_mutex_);
    first = arrivals_.empty();
    arrivals_.push_back(std::move(arrival));
  }
  if (first) wake();
}

void Shard::wake() {
  asio::post(loop_, [this] { drain_arrivals(); });
}

void Shard::drain_arrivals() {
  {
    const std::lock_guard lock(arrivals_mutex_);
    arriving_.swap(arrivals_);
  }
  for (auto& arrival : arriving_) accept(std::move(arrival));
  arriving_.clear();
}

void Shard::accept(Arrival arrival) {
  switch (arrival.kind) {
    case Arrival::Kind::call:
      deliver(std::move(arrival.call));
      break;
    case Arrival::Kind::answer: {
      auto& answered = *arrival.call;
      answered.return_to_caller(std::move(arrival.call));
      break;
    }
    case Arrival::Kind::resumption:
      deliver(arrival.object, std::move(arrival.resumption));
      break;
    case Arrival::Kind::outcome:
      if (auto* object = find(arrival.object)) {
        // What it lets go may lead back to it, and must find it at rest.
        running_job_ = true;
        object->commit_outcome(arrival.sequence, arrival.outcome);
        running_job_ = false;
      }
      break;
    case Arrival::Kind::checkpoint:
      if (auto* object = find(arrival.object)) object->request_checkpoint();
      break;
  }
}

void Shard::resume_after(std::chrono::nanoseconds pause, const ObjectId& object,
                         Resumption resumption) {
  auto timer = std::make_unique<asio::steady_timer>(loop_, pause);
  auto& waiting = *timer;
  waiting.async_wait([this, timer = std::move(timer), object,
                      resumption = std::move(resumption)](boost::system::error_code) mutable {
    deliver(object, std::move(resumption));
  });
}

void Shard::run_in_background(std::function<void(Disk&)> work, const ObjectId& object,
                              Resumption resumption) {
  // A function must be one that can be copied.
  auto carried = std::make_shared<Resumption>(std::move(resumption));
  services_.background.add([this, work = std::move(work), object, carried] {
    work(services_.disk);
    resume(object, std::move(*carried));
  });
}

void Shard::deliver(std::unique_ptr<Call> call) {
  if (ended_) {
    return_with_error(std::move(call), *ended_);
    return;
  }
  auto& actor = *entry_of(call->target()).actor;
  touch(actor);
  call->queued_at = actor.last_used;
  if (const auto refusal = actor.object().admit(*call)) {
    return_with_error(std::move(call), *refusal);
    return;
  }
  tell(actor, Delivery(std::move(call)));
}

void Shard::deliver(const ObjectId& object, Resumption resumption) {
  const auto found = objects_.find(object);
  if (found == objects_.end()) return drop(std::move(resumption));
  auto& actor = *found->second.actor;
  touch(actor);
  tell(actor, Delivery(std::move(resumption)));
}

void Shard::tell(ObjectActor& actor, Delivery delivery) {
  actor.enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::move(delivery)),
                this);
}

Shard::Entry& Shard::entry_of(const ObjectAddress& address) {
  const auto [found, added] = objects_.try_emplace(address.id);
  auto& entry = found->second;
  if (added) {
    caf::actor_config config(this);
    entry.handle = services_.actors.spawn_class<ObjectActor, caf::lazy_init + caf::hidden>(
        config, static_cast<Host&>(*this), address);
    entry.actor = caf::actor_cast<ObjectActor*>(entry.handle);
    entry.actor->place = by_last_use_.insert(by_last_use_.end(), entry.actor);
    live_objects_.store(objects_.size(), std::memory_order_relaxed);
  }
  return entry;
}

std::unique_ptr<ObjectStore> Shard::open_store(const ObjectAddress& object) {
  const auto& info = object.of->info;
  auto& empty = empty_.try_emplace(&info, info.name, info.migrations).first->second;
  const auto& data = services_.config.data;
  return std::make_unique<ObjectStore>(ObjectStoreConfig{
      .disk = services_.disk,
      .empty = empty,
      .path = object_path(data, info.name, object.id),
      .id = object.id,
      .name = object.name,
      .durability = object.of->durability,
      .created = services_.environment.clock.wall_now(),
      .spill = {.memory = services_.config.object.page_memory,
                .path = data + "/spill/" + object.id.to_string()},
      .undoable = services_.config.history.on(),
      .sql_limits = info.sql_limits,
  });
}

std::uint64_t Shard::append_commit(const CommitRecord& record, Transaction transaction) {
  const auto number = services_.journal.append_later(record, std::move(transaction), *this);
  // After what is ready to run on this shard now, which may append too.
  if (!std::exchange(writer_to_wake_, true)) {
    asio::post(loop_, [this] {
      writer_to_wake_ = false;
      services_.journal.wake_writer();
    });
  }
  return number;
}

void Shard::checkpointed(const ObjectAddress& object, const std::string& path,
                         std::uint64_t number) {
  services_.checkpointer.add({object.id, object.of->info.name, path, number});
}

LiveObject* Shard::find(const ObjectId& object) {
  const auto found = objects_.find(object);
  return found == objects_.end() ? nullptr : &found->second.actor->object();
}

void Shard::on_commit_outcomes(std::span<const CommitRecord> records,
                               CommitOutcome outcome) noexcept {
  bool first = false;
  {
    const std::lock_guard lock(arrivals_mutex_);
    first = arrivals_.empty();
    for (const auto& record : records) {
      arrivals_.push_back({.kind = Arrival::Kind::outcome,
                           .object = record.object,
                           .sequence = record.sequence,
                           .outcome = outcome});
    }
  }
  if (first) wake();
}

void Shard::on_checkpoint_wanted(const ObjectId& object) noexcept {
  bool first = false;
  {
    const std::lock_guard lock(arrivals_mutex_);
    first = arrivals_.empty();
    arrivals_.push_back({.kind = Arrival::Kind::checkpoint, .object = object});
  }
  if (first) wake();
}

void Shard::storage_memory_changed(std::ptrdiff_t by) {
  memory_ += static_cast<std::size_t>(by);
  if (memory_ <= memory_limit_ || relieving_) return;
  relieving_ = true;
  // Not here: a turn is on the stack.
  asio::post(loop_, [this] { relieve_memory(); });
}

void Shard::relieve_memory() {
  // An object that waits for its commits does it later, so one round is enough.
  for (auto* actor : by_last_use_) {
    if (memory_ <= memory_limit_ / 2) break;
    actor->object().request_checkpoint();
  }
  relieving_ = false;
}

void Shard::object_created(const ObjectAddress& object) {
  const auto now = services_.environment.clock.wall_now();
  services_.directory.record(
      ObjectIndex::Created{{object.of->info.name, object.id, object.name, now, now, 0}});
}

void Shard::object_closed(const ObjectAddress& object, std::int64_t size) {
  services_.directory.record(
      ObjectIndex::Used{object.id, services_.environment.clock.wall_now(), size});
}

void Shard::object_deleted(const ObjectAddress& object) {
  services_.directory.record(ObjectIndex::Deleted{object.id});
}

void Shard::log(LogLevel level, std::string_view text) { services_.log.write(level, text); }

void Shard::touch(ObjectActor& actor) {
  actor.last_used = services_.environment.clock.monotonic_now();
  // To change the order means to look at memory of other objects, which nobody has in a cache.
  if (actor.last_used - actor.placed > order_slack_) place_last(actor);
}

void Shard::place_last(ObjectActor& actor) {
  actor.placed = actor.last_used;
  by_last_use_.splice(by_last_use_.end(), by_last_use_, actor.place);
}

void Shard::schedule_sweep(std::chrono::milliseconds pause) {
  sweep_timer_.expires_after(pause);
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    sweep();
  });
}

void Shard::sweep() {
  auto& clock = services_.environment.clock;
  const auto idle_timeout = services_.config.object.idle_timeout;
  const auto start = clock.monotonic_now();
  for (auto next = by_last_use_.begin(); next != by_last_use_.end();) {
    auto& actor = **next++;
    if (actor.placed + idle_timeout > start) break;
    if (clock.monotonic_now() - start > sweep_budget) {
      schedule_sweep(pause_between_sweeps);
      return;
    }
    if (actor.last_used + idle_timeout > start) continue;
    if (!actor.object().idle() || !actor.object().evict()) {
      touch(actor);
      continue;
    }
    by_last_use_.erase(actor.place);
    dismiss(actor);
    objects_.erase(ObjectId(actor.object().address().id));
    live_objects_.store(objects_.size(), std::memory_order_relaxed);
  }
  schedule_sweep(
      std::clamp(idle_timeout / 4, std::chrono::milliseconds(1), std::chrono::milliseconds(1'000)));
}

void Shard::dismiss(ObjectActor& actor) {
  caf::anon_send_exit(&actor, caf::exit_reason::user_shutdown);
}

bool Shard::idle() const {
  return std::all_of(objects_.begin(), objects_.end(),
                     [](const auto& entry) { return entry.second.actor->object().idle(); });
}

void Shard::shut_down(const Error& error) {
  ended_ = error;
  for (auto& [id, entry] : objects_) entry.actor->object().shut_down(error);
}

void Shard::close_objects() {
  drain_arrivals();
  for (auto& [id, entry] : objects_) {
    entry.actor->object().close();
    dismiss(*entry.actor);
  }
  by_last_use_.clear();
  objects_.clear();
  live_objects_ = 0;
}

}  // namespace stead
