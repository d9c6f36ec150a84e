#include "tests/sim/simulated_host.h"

#include <algorithm>
#include <array>

#include "runtime/incoming_call.h"
#include "storage/journal_format.h"
#include "storage/object_path.h"
#include "storage/object_store.h"
#include "tests/sim/subject.h"

namespace stead::test {

namespace {

constexpr const char* data = "/data";
/// Of each class, in each life.
constexpr std::array<std::uint8_t, 32> secret{1};

/// A call from outside: its answer shows that what it tells is durable.
class Outside final : public IncomingFetch {
 public:
  Outside(Witness& witness, std::size_t number, ObjectAddress target)
      : IncomingFetch(std::move(target), Request::get("/" + std::to_string(number))),
        witness_(witness),
        number_(number) {}
  void return_to_caller(std::unique_ptr<Call>) override {
    auto& call = witness_.call(number_);
    call.answered = true;
    if (error || witness_.blind()) return;
    call.succeeded = true;
    witness_.models()[call.object].acknowledge(call.answer_commits);
  }

 private:
  Witness& witness_;
  const std::size_t number_;
};

}  // namespace

SimulatedHost::SimulatedHost(Disk& disk, Seeded& seed, ManualClock& clock, Witness& witness,
                             const SimulatedLimits& limits)
    : disk_(disk),
      seed_(seed),
      clock_(clock),
      environment_{clock, seed},
      witness_(witness),
      limits_(limits) {
  app_.add<Bank>("Bank");
  app_.add<List>("List");
  app_.add<Box>("Box");
  for (const auto& info : app_.classes()) {
    const auto kind = info->name == "Bank"   ? Workload::Kind::bank
                      : info->name == "List" ? Workload::Kind::list
                                             : Workload::Kind::box;
    const auto all = Workload::migrations(kind).first(witness.version);
    info->migrations.assign(all.begin(), all.end());
    classes_.add(*info, NamespaceKey(secret));
    empty_databases_.try_emplace(info->name, info->name, info->migrations);
  }
  for (auto& each : witness.models()) models_[address(each).id] = &each;
  config_.data = data;

  recovered_ = recover(disk_, data, seed);
  journal_ = std::make_unique<LocalJournal>(disk_, environment_,
                                            JournalConfig{
                                                .folder = std::string(data) + "/journal",
                                                .segment_bytes = limits_.segment_bytes,
                                                .batch_bytes = limits_.batch_bytes,
                                                .segments = limits_.segments,
                                            },
                                            recovered_.position);
  drop_recovered(disk_, recovered_, {});
  checkpointer_ = std::make_unique<Checkpointer>(disk_, *journal_, data);
}

SimulatedHost::~SimulatedHost() = default;

ObjectAddress SimulatedHost::address(const ObjectModel& model) {
  const auto* of = classes_.find(Workload::class_name(model.object().kind));
  const auto& name = model.object().name;
  return {of, of->key.id_from_name(name), name};
}

std::string SimulatedHost::path_of(const ObjectModel& model) {
  const std::string class_name = Workload::class_name(model.object().kind);
  return object_path(data, class_name, NamespaceKey(secret).id_from_name(model.object().name));
}

LiveObject& SimulatedHost::object(const ObjectAddress& address) {
  auto& live = objects_[address.id];
  if (!live) live = std::make_unique<LiveObject>(*this, address);
  return *live;
}

LiveObject* SimulatedHost::find(const ObjectId& id) {
  const auto found = objects_.find(id);
  return found == objects_.end() ? nullptr : found->second.get();
}

void SimulatedHost::send(std::size_t call) {
  auto& model = witness_.models()[witness_.call(call).object];
  send(std::make_unique<Outside>(witness_, call, address(model)));
}

bool SimulatedHost::run_event() {
  if (events_.empty()) return false;
  const auto event = std::move(events_.front());
  events_.pop_front();
  event();
  return true;
}

void SimulatedHost::wake_sleepers() {
  while (!pauses_.empty() && pauses_.begin()->first <= clock_.monotonic_now()) {
    events_.push_back(std::move(pauses_.extract(pauses_.begin()).mapped()));
  }
}

void SimulatedHost::send(std::unique_ptr<Call> call) {
  auto& target = object(call->target());
  call->queued_at = clock_.monotonic_now();
  if (const auto refusal = target.admit(*call)) {
    return_with_error(std::move(call), *refusal);
    return;
  }
  auto carried = std::make_shared<std::unique_ptr<Call>>(std::move(call));
  events_.push_back([&target, carried] { target.deliver(std::move(*carried)); });
}

void SimulatedHost::bring_back(std::unique_ptr<Call> call) {
  auto& self = *call;
  self.return_to_caller(std::move(call));
}

void SimulatedHost::resume(const ObjectId& id, Resumption resumption) {
  auto carried = std::make_shared<Resumption>(std::move(resumption));
  events_.push_back([this, id, carried] {
    if (auto* live = find(id)) live->resume(std::move(*carried));
  });
}

void SimulatedHost::resume_after(std::chrono::nanoseconds pause, const ObjectId& id,
                                 Resumption resumption) {
  auto carried = std::make_shared<Resumption>(std::move(resumption));
  pauses_.emplace(clock_.monotonic_now() + pause, [this, id, carried] {
    if (auto* live = find(id)) live->resume(std::move(*carried));
  });
}

std::unique_ptr<ObjectStore> SimulatedHost::open_store(const ObjectAddress& object) {
  const auto& class_name = object.of->info.name;
  const auto path = object_path(data, class_name, object.id);
  return std::make_unique<ObjectStore>(ObjectStoreConfig{
      .disk = disk_,
      .empty = empty_databases_.find(class_name)->second,
      .path = path,
      .id = object.id,
      .name = object.name,
      .created = clock_.wall_now(),
      .spill = {.memory = limits_.page_memory,
                .path = std::string(data) + "/spill/" + object.id.to_string()},
  });
}

std::uint64_t SimulatedHost::append_commit(const CommitRecord& record, Transaction transaction) {
  model(record.object).committed(record.sequence);
  if (witness_.verbose) {
    witness_.tell(model(record.object).name() + " commits, sequence " +
                  std::to_string(record.sequence) + ", model " +
                  std::to_string(model(record.object).oracle().commits()));
  }
  if (witness_.damage_next_record) damage(transaction);
  const auto number = journal_->append(record, std::move(transaction), *this);
  if (number <= witness_.highest_durable) {
    witness_.fail(model(record.object).name() + ": a commit has the number " +
                  std::to_string(number) + ", but there is a durable one with " +
                  std::to_string(witness_.highest_durable));
  }
  numbers_[{record.object, record.sequence}] = number;
  return number;
}

void SimulatedHost::damage(Transaction& transaction) {
  using journal_format::PageEntry;
  if (transaction.file || transaction.entries == 0) return;
  witness_.damage_next_record = false;
  auto left = seed_.below(transaction.entries) + 1;
  for (std::size_t at = 0; at < transaction.bytes.size();) {
    const auto entry = journal_format::read_page_entry(std::span(transaction.bytes).subspan(at));
    at += PageEntry::size;
    if (--left == 0 && entry->length > 0) {
      transaction.bytes[at + seed_.below(entry->length)] ^= 1U << seed_.below(8);
      return;
    }
    at += entry->length;
  }
}

void SimulatedHost::checkpointed(const ObjectAddress& object, const std::string& path,
                                 std::uint64_t number) {
  if (witness_.verbose) {
    witness_.tell(object.to_string() + " checkpointed up to " + std::to_string(number));
  }
  checkpointer_->add({object.id, object.of->info.name, path, number});
}

void SimulatedHost::on_commit_outcomes(std::span<const CommitRecord> records,
                                       CommitOutcome outcome) noexcept {
  for (const auto& record : records) {
    // Who says "durable" is taken at his word at once.
    if (outcome == CommitOutcome::durable && !witness_.blind()) {
      witness_.check(model(record.object).outcome_durable(record.sequence));
      witness_.highest_durable =
          std::max(witness_.highest_durable, numbers_[{record.object, record.sequence}]);
    }
    events_.push_back([this, record, outcome] { settle(record, outcome); });
  }
}

void SimulatedHost::settle(const CommitRecord& record, CommitOutcome outcome) {
  if (outcome != CommitOutcome::durable && !witness_.blind()) {
    auto& model = this->model(record.object);
    if (outcome == CommitOutcome::failed) {
      witness_.check(model.outcome_failed(record.sequence));
    } else {
      model.outcome_in_doubt();
    }
  }
  if (witness_.verbose) {
    witness_.tell(model(record.object).name() + " sequence " + std::to_string(record.sequence) +
                  (outcome == CommitOutcome::durable ? " is durable" : " has failed"));
  }
  if (auto* live = find(record.object)) live->commit_outcome(record.sequence, outcome);
}

void SimulatedHost::on_checkpoint_wanted(const ObjectId& object) noexcept {
  events_.push_back([this, object] {
    if (auto* live = find(object)) live->request_checkpoint();
  });
}

void SimulatedHost::evict(ObjectModel& model) {
  const auto id = address(model).id;
  auto* live = find(id);
  if (!live || !live->idle() || !live->evict()) return;
  objects_.erase(id);
  model.leaves_memory();
}

void SimulatedHost::checkpoint(const ObjectModel& model) {
  if (auto* live = find(address(model).id)) live->request_checkpoint();
}

void SimulatedHost::shut_down() {
  const Error stops(ErrorCode::shutting_down, "the node stops");
  for (auto& [id, live] : objects_) live->shut_down(stops);
  do {
    while (run_event()) {
    }
  } while (journal_->write_batch() && journal_->refusal().empty());
  while (run_event()) {
  }
  for (auto& [id, live] : objects_) live->close();
  objects_.clear();
  while (checkpointer_->sync_files()) {
  }
  while (journal_->write_batch() && journal_->refusal().empty()) {
  }
  journal_->close();
}

void SimulatedHost::log(LogLevel, std::string_view text) { witness_.tell(text); }

}  // namespace stead::test
