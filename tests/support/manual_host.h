#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/app.h"
#include "runtime/host.h"
#include "runtime/incoming_call.h"
#include "runtime/live_object.h"
#include "storage/local_journal.h"
#include "storage/object_store.h"
#include "tests/support/temporary_directory.h"

namespace stead::test {

/// Random numbers that are the same in every run.
class SeededRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) {
      state_ = state_ * 6364136223846793005U + 1442695040888963407U;
      byte = static_cast<std::uint8_t>(state_ >> 56);
    }
  }

 private:
  std::uint64_t state_ = 1;
};

/// The answer of a call made from outside: empty until it has come.
template <class T>
struct Answer {
  std::optional<T> value;
  std::optional<Error> error;
  bool arrived() const { return value || error; }
};

/// A host on one thread without CAF: events wait in a queue until `run`, time stands still until
/// `advance`, commits are durable at once or when the test says so.
class ManualHost final : public Host, private JournalClient {
 public:
  ManualHost();
  ~ManualHost() override;

  /// Commits go into a journal that keeps history, instead of nowhere.
  void keep_history();
  /// Call after the classes were added to `app`.
  void start();
  App app;
  Config settings;

  ObjectAddress address(std::string_view class_name, std::string name);
  std::shared_ptr<Answer<Response>> fetch(std::string_view class_name, std::string name,
                                          Request request);
  std::shared_ptr<Answer<std::string>> call(std::string_view class_name, std::string name,
                                            std::string method, std::string json_arguments);
  /// Fetches and runs until nothing is left to do. Throws the error, if that is the answer.
  Response get(std::string_view class_name, std::string name, Request request = {});

  /// Runs events until none is left.
  void run();
  /// Moves the clock and delivers the pauses that have ended.
  void advance(Duration by);
  void evict_all();
  /// From now on commits wait for `settle_commits`.
  void hold_commits() { holding_commits_ = true; }
  void settle_commits(CommitOutcome outcome);

  LiveObject* find(const ObjectId& id);
  const std::vector<std::string>& log_lines() const { return log_lines_; }
  std::size_t commits() const { return commits_; }
  const std::string& data() const { return directory_.path(); }

  const Environment& environment() override { return environment_; }
  const ClassTable& classes() override { return classes_; }
  const Config& config() override { return settings; }
  QueueLoad& load() override { return load_; }
  const QueueLoad& load_limit() override { return load_limit_; }
  void send(std::unique_ptr<Call> call) override;
  void bring_back(std::unique_ptr<Call> call) override;
  void resume(const ObjectId& object, Resumption resumption) override;
  void resume_after(std::chrono::nanoseconds pause, const ObjectId& object,
                    Resumption resumption) override;
  void run_in_background(std::function<void(Disk&)> work, const ObjectId& object,
                         Resumption resumption) override;
  std::uint64_t new_incarnation() override { return ++last_incarnation_; }
  std::unique_ptr<ObjectStore> open_store(const ObjectAddress& object) override;
  std::string write_refusal() override { return refusing; }
  std::uint64_t append_commit(const CommitRecord& record, Transaction transaction) override;
  std::uint64_t last_commit_number() override { return journal_ ? journal_->last_number() : 0; }
  void checkpointed(const ObjectAddress& object, const std::string& path,
                    std::uint64_t number) override;
  void storage_memory_changed(std::ptrdiff_t by) override { memory += by; }
  void object_created(const ObjectAddress& object) override { created.insert(object.to_string()); }
  void object_closed(const ObjectAddress&, std::int64_t) override {}
  void object_deleted(const ObjectAddress& object) override { created.erase(object.to_string()); }
  void log(LogLevel, std::string_view text) override { log_lines_.emplace_back(text); }

  std::set<std::string> created;
  /// What objects hold for their storage.
  std::ptrdiff_t memory = 0;
  /// What `write_refusal` says.
  std::string refusing;
  QueueLoad load_limit_{1'000'000, std::size_t{1} << 40};

 private:
  LiveObject& object(const ObjectAddress& address);
  void on_commit_outcomes(std::span<const CommitRecord> records,
                          CommitOutcome outcome) noexcept override;
  void on_checkpoint_wanted(const ObjectId&) noexcept override {}

  TemporaryDirectory directory_;
  ManualClock clock_;
  SeededRandom random_;
  Environment environment_{clock_, random_};
  ClassTable classes_;
  QueueLoad load_;
  std::uint64_t last_incarnation_ = 0;
  std::size_t commits_ = 0;
  bool holding_commits_ = false;
  std::vector<std::pair<ObjectId, std::uint64_t>> held_commits_;
  std::vector<std::string> log_lines_;
  std::deque<std::function<void()>> events_;
  std::multimap<MonotonicTime, std::function<void()>> pauses_;
  std::map<const ClassInfo*, EmptyDatabase> empty_;
  std::unique_ptr<LocalJournal> journal_;
  std::map<ObjectId, std::unique_ptr<LiveObject>> objects_;
};

}  // namespace stead::test
