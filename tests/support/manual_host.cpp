#include "tests/support/manual_host.h"

#include <nlohmann/json.hpp>

#include "storage/history.h"
#include "storage/object_path.h"
#include "storage/recovery.h"

namespace stead::test {

namespace {

template <class Base, class T>
class Outside final : public Base {
 public:
  template <class... Args>
  explicit Outside(std::shared_ptr<Answer<T>> answer, Args&&... args)
      : Base(std::forward<Args>(args)...), answer_(std::move(answer)) {}
  void return_to_caller(std::unique_ptr<Call>) override {
    if (this->error) {
      answer_->error = this->error;
    } else {
      answer_->value = std::move(this->result);
    }
  }

 private:
  std::shared_ptr<Answer<T>> answer_;
};

}  // namespace

ManualHost::ManualHost() = default;
ManualHost::~ManualHost() = default;

void ManualHost::keep_history() {
  settings.data = directory_.path();
  settings.history.keep = std::chrono::hours(24);
  auto& disk = Disk::system();
  const auto recovered = recover(disk, settings.data, random_);
  const JournalConfig config{.folder = settings.data + "/journal",
                             .archive = History::folder(settings.data)};
  journal_ = std::make_unique<LocalJournal>(disk, environment_, config, recovered.position);
}

void ManualHost::start() {
  for (const auto& info : app.classes()) {
    std::array<std::uint8_t, 32> secret{};
    random_.fill(secret);
    classes_.add(*info, NamespaceKey(secret));
  }
}

ObjectAddress ManualHost::address(std::string_view class_name, std::string name) {
  const auto* of = classes_.find(class_name);
  CHECK(of != nullptr);
  const auto id = of->key.id_from_name(name);
  return {of, id, std::move(name)};
}

std::shared_ptr<Answer<Response>> ManualHost::fetch(std::string_view class_name, std::string name,
                                                    Request request) {
  auto answer = std::make_shared<Answer<Response>>();
  send(std::make_unique<Outside<IncomingFetch, Response>>(
      answer, address(class_name, std::move(name)), std::move(request)));
  return answer;
}

std::shared_ptr<Answer<std::string>> ManualHost::call(std::string_view class_name, std::string name,
                                                      std::string method,
                                                      std::string json_arguments) {
  auto answer = std::make_shared<Answer<std::string>>();
  auto arguments = std::make_unique<nlohmann::json>(nlohmann::json::parse(json_arguments));
  send(std::make_unique<Outside<IncomingMethod, std::string>>(
      answer, address(class_name, std::move(name)), std::move(method), std::move(arguments),
      json_arguments.size()));
  return answer;
}

Response ManualHost::get(std::string_view class_name, std::string name, Request request) {
  const auto answer = fetch(class_name, std::move(name), std::move(request));
  run();
  CHECK(answer->arrived());
  if (answer->error) answer->error->raise();
  return *answer->value;
}

void ManualHost::run() {
  do {
    while (!events_.empty()) {
      auto event = std::move(events_.front());
      events_.pop_front();
      event();
    }
  } while (journal_ && journal_->write_batch());
}

void ManualHost::advance(Duration by) {
  clock_.advance(by);
  while (!pauses_.empty() && pauses_.begin()->first <= clock_.monotonic_now()) {
    events_.push_back(std::move(pauses_.extract(pauses_.begin()).mapped()));
  }
  run();
}

void ManualHost::evict_all() {
  for (auto& [id, live] : objects_) live->evict();
  objects_.clear();
}

void ManualHost::settle_commits(CommitOutcome outcome) {
  for (const auto& [id, sequence] : std::exchange(held_commits_, {})) {
    if (auto* live = find(id)) live->commit_outcome(sequence, outcome);
  }
  run();
}

LiveObject* ManualHost::find(const ObjectId& id) {
  const auto found = objects_.find(id);
  return found == objects_.end() ? nullptr : found->second.get();
}

LiveObject& ManualHost::object(const ObjectAddress& address) {
  auto& live = objects_[address.id];
  if (!live) live = std::make_unique<LiveObject>(*this, address);
  return *live;
}

void ManualHost::send(std::unique_ptr<Call> call) {
  auto& target = object(call->target());
  call->queued_at = clock_.monotonic_now();
  if (const auto refusal = target.admit(*call)) {
    return_with_error(std::move(call), *refusal);
    return;
  }
  auto carried = std::make_shared<std::unique_ptr<Call>>(std::move(call));
  events_.push_back([&target, carried] { target.deliver(std::move(*carried)); });
}

void ManualHost::bring_back(std::unique_ptr<Call> call) {
  auto& self = *call;
  self.return_to_caller(std::move(call));
}

void ManualHost::resume(const ObjectId& id, Resumption resumption) {
  auto carried = std::make_shared<Resumption>(std::move(resumption));
  events_.push_back([this, id, carried] {
    if (auto* live = find(id)) return live->resume(std::move(*carried));
    drop(std::move(*carried));
  });
}

void ManualHost::resume_after(std::chrono::nanoseconds pause, const ObjectId& id,
                              Resumption resumption) {
  auto carried = std::make_shared<Resumption>(std::move(resumption));
  pauses_.emplace(clock_.monotonic_now() + pause, [this, id, carried] {
    if (auto* live = find(id)) live->resume(std::move(*carried));
  });
}

std::unique_ptr<ObjectStore> ManualHost::open_store(const ObjectAddress& object) {
  const auto& info = object.of->info;
  auto& empty = empty_.try_emplace(&info, info.name, info.migrations).first->second;
  return std::make_unique<ObjectStore>(ObjectStoreConfig{
      .disk = Disk::system(),
      .empty = empty,
      .path = object_path(directory_.path(), info.name, object.id),
      .id = object.id,
      .name = object.name,
      .durability = info.durability,
      .created = clock_.wall_now(),
      .spill = {.path = directory_.path() + "/spill/" + object.id.to_string()},
      .undoable = settings.history.on(),
  });
}

void ManualHost::run_in_background(std::function<void(Disk&)> work, const ObjectId& object,
                                   Resumption resumption) {
  events_.push_back([work = std::move(work)] { work(Disk::system()); });
  resume(object, std::move(resumption));
}

void ManualHost::checkpointed(const ObjectAddress& object, const std::string&,
                              std::uint64_t number) {
  if (journal_) journal_->mark(object.id, object.of->info.name, number);
}

void ManualHost::on_commit_outcomes(std::span<const CommitRecord> records,
                                    CommitOutcome outcome) noexcept {
  for (const auto& record : records) {
    events_.push_back([this, record, outcome] {
      if (auto* live = find(record.object)) live->commit_outcome(record.sequence, outcome);
    });
  }
}

std::uint64_t ManualHost::append_commit(const CommitRecord& record, Transaction transaction) {
  ++commits_;
  if (journal_) return journal_->append(record, std::move(transaction), *this);
  if (holding_commits_) {
    held_commits_.emplace_back(record.object, record.sequence);
  } else {
    events_.push_front([this, record] {
      if (auto* live = find(record.object)) {
        live->commit_outcome(record.sequence, CommitOutcome::durable);
      }
    });
  }
  return commits_;
}

}  // namespace stead::test
