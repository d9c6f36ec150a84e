#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/app.h"
#include "runtime/host.h"
#include "runtime/live_object.h"
#include "storage/checkpointer.h"
#include "storage/empty_database.h"
#include "storage/local_journal.h"
#include "storage/recovery.h"
#include "tests/sim/seeded.h"
#include "tests/sim/witness.h"

namespace stead::test {

/// Small bounds, so that little data reaches them.
struct SimulatedLimits {
  std::uint64_t segment_bytes = 64 << 10;
  std::size_t batch_bytes = 16 << 10;
  std::size_t segments = 3;
  std::size_t page_memory = 64 << 10;
};

/// One life of a node's process on a simulated disk, on one thread and in virtual time: recovery,
/// journal, checkpointer, and the objects in memory. Nothing happens by itself: each event, batch
/// and sync is a step that the simulator takes.
///
/// Thread: one. Owner: the simulator; destroyed without `shut_down`, it has crashed.
class SimulatedHost final : public Host, private JournalClient {
 public:
  /// Recovers. Throws what recovery throws, and DiskError.
  SimulatedHost(Disk& disk, Seeded& seed, ManualClock& clock, Witness& witness,
                const SimulatedLimits& limits);
  ~SimulatedHost() override;

  /// Where an object's file is.
  static std::string path_of(const ObjectModel& model);

  Witness& witness() { return witness_; }
  const RecoveryReport& recovered() const { return recovered_; }
  LocalJournal& journal() { return *journal_; }

  // Steps.

  /// Sends a call that `witness()` knows by this number.
  void send(std::size_t call);
  /// Runs the oldest event that waits; false if there is none.
  bool run_event();
  bool write_batch() { return journal_->write_batch(); }
  bool sync_files() { return checkpointer_->sync_files(); }
  /// Delivers the pauses that have ended.
  void wake_sleepers();
  bool has_sleepers() const { return !pauses_.empty(); }
  /// Lets an object leave memory, if it may.
  void evict(ObjectModel& model);
  /// Moves pages of an object into its file, if that may be.
  void checkpoint(const ObjectModel& model);
  /// Ends everything in order. Throws DiskError.
  void shut_down();

  const Environment& environment() override { return environment_; }
  const ClassTable& classes() override { return classes_; }
  const Config& config() override { return config_; }
  QueueLoad& load() override { return load_; }
  const QueueLoad& load_limit() override { return load_limit_; }
  void send(std::unique_ptr<Call> call) override;
  void bring_back(std::unique_ptr<Call> call) override;
  void resume(const ObjectId& object, Resumption resumption) override;
  void resume_after(std::chrono::nanoseconds pause, const ObjectId& object,
                    Resumption resumption) override;
  void run_in_background(std::function<void(Disk&)> work, const ObjectId& object,
                         Resumption resumption) override {
    work(disk_);
    resume(object, std::move(resumption));
  }
  std::uint64_t new_incarnation() override { return ++last_incarnation_; }
  std::unique_ptr<ObjectStore> open_store(const ObjectAddress& object) override;
  std::string write_refusal() override { return journal_->refusal(); }
  std::uint64_t append_commit(const CommitRecord& record, Transaction transaction) override;
  std::uint64_t last_commit_number() override { return journal_->last_number(); }
  void checkpointed(const ObjectAddress& object, const std::string& path,
                    std::uint64_t number) override;
  void storage_memory_changed(std::ptrdiff_t) override {}
  void object_created(const ObjectAddress&) override {}
  void object_closed(const ObjectAddress&, std::int64_t) override {}
  void object_deleted(const ObjectAddress&) override {}
  void log(LogLevel level, std::string_view text) override;

 private:
  void on_commit_outcomes(std::span<const CommitRecord> records,
                          CommitOutcome outcome) noexcept override;
  void on_checkpoint_wanted(const ObjectId& object) noexcept override;

  ObjectAddress address(const ObjectModel& model);
  LiveObject& object(const ObjectAddress& address);
  LiveObject* find(const ObjectId& id);
  ObjectModel& model(const ObjectId& id) { return *models_.at(id); }
  void settle(const CommitRecord& record, CommitOutcome outcome);
  void damage(Transaction& transaction);

  Disk& disk_;
  Seeded& seed_;
  ManualClock& clock_;
  Environment environment_;
  Witness& witness_;
  const SimulatedLimits limits_;

  App app_;
  ClassTable classes_;
  Config config_;
  std::map<std::string, EmptyDatabase, std::less<>> empty_databases_;
  std::map<ObjectId, ObjectModel*> models_;
  /// The journal's numbers of commits under way.
  std::map<std::pair<ObjectId, std::uint64_t>, std::uint64_t> numbers_;

  RecoveryReport recovered_;
  std::unique_ptr<LocalJournal> journal_;
  std::unique_ptr<Checkpointer> checkpointer_;

  QueueLoad load_;
  QueueLoad load_limit_{1'000'000, std::size_t{1} << 40};
  std::uint64_t last_incarnation_ = 0;
  std::deque<std::function<void()>> events_;
  std::multimap<MonotonicTime, std::function<void()>> pauses_;
  std::map<ObjectId, std::unique_ptr<LiveObject>> objects_;
};

}  // namespace stead::test
