#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/file_draft.h"
#include "storage/history.h"
#include "storage/local_journal.h"
#include "storage/offline_query.h"
#include "storage/recovery.h"
#include "tests/storage/store_fixture.h"

namespace stead::test {

/// The same numbers in every run.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = ++last_;
  }

 private:
  std::uint8_t last_ = 0;
};

/// What an object holds, a text a line.
constexpr const char* dump =
    "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_stead%' ESCAPE '\\' "
    "UNION ALL SELECT id || '=' || quote(v) FROM t";

/// The same of a file; the complaint if it is damaged.
inline std::string dump_of(const std::string& path) {
  std::string text;
  for (const auto* sql : {"PRAGMA integrity_check", dump}) {
    const auto table = run_offline_query(path, sql, OfflineFile::Access::read);
    if (!table) return table.error().what();
    for (const auto& row : table.value().rows) text += row.at(0).value_or("NULL") + "\n";
  }
  return text;
}

/// One object with a journal that is archived, and what its database held after each commit.
class HistoryTest : public ::testing::Test, protected JournalClient {
 protected:
  HistoryTest() {
    environment_.random.fill(id_.bytes);
    begin();
  }

  std::string data() const { return directory_.path() + "/data"; }
  std::string history() const { return History::folder(data()); }
  std::string path() const { return object_path(data(), "Thing", id_); }

  /// The node starts: recovers, and begins a journal.
  void begin() {
    auto& disk = Disk::system();
    const auto recovered = recover(disk, data(), environment_.random);
    JournalConfig config{.folder = data() + "/journal", .segment_bytes = segment_bytes_};
    if (archives_) config.archive = history();
    journal_ = std::make_unique<LocalJournal>(disk, environment_, config, recovered.position);
    drop_recovered(disk, recovered, config.archive);
    open();
  }
  void open() {
    store_ = std::make_unique<ObjectStore>(ObjectStoreConfig{
        .disk = Disk::system(),
        .empty = empty_,
        .path = path(),
        .id = id_,
        .name = "alice",
        .durability = durability_,
        .created = clock_.wall_now(),
        .spill = {.path = data() + "/spill/thing"},
        .undoable = undoable_,
    });
  }
  /// The process dies and comes back.
  void crash() {
    store_.reset();
    journal_.reset();
    begin();
  }
  /// The object leaves memory and comes back.
  void evict() {
    if (auto transaction = store_->flush(sequence_ + 1)) append(std::move(*transaction));
    checkpoint();
    store_.reset();
    open();
  }
  void checkpoint() {
    store_->checkpoint();
    journal_->mark(id_, "Thing", number_);
    write();
  }
  void write() {
    while (journal_->write_batch()) {
    }
  }

  /// Ends a turn that wrote something, and remembers what there is.
  std::uint64_t commit() {
    auto transaction = store_->commit(sequence_ + 1);
    if (transaction) append(std::move(*transaction));
    return number_;
  }
  std::uint64_t run(std::string_view sql) {
    store_->sql().exec(sql);
    return commit();
  }
  std::uint64_t delete_all() {
    auto transaction = store_->delete_all(sequence_ + 1);
    if (transaction) append(std::move(*transaction));
    return number_;
  }
  void append(Transaction transaction) {
    clock_.advance(std::chrono::seconds(1));
    const bool removed = transaction.kind == Transaction::Kind::remove;
    number_ = journal_->append({id_, ++sequence_, sequence_ - 1}, std::move(transaction), *this);
    write();
    states_[number_] = removed ? "" : present();
    times_[number_] = clock_.wall_now();
  }
  /// What the object's database holds, seen through its connection.
  std::string present() {
    std::string text = "ok\n";
    for (const auto& line : store_->sql().rows<std::string>(dump)) text += line + "\n";
    return text;
  }

  FileDraft draft() {
    return FileDraft(
        Disk::system(),
        {.path = path(), .class_name = "Thing", .scratch_path = data() + "/spill/scratch"});
  }
  /// What the object held after a commit, as its history says.
  std::string past(std::uint64_t number) {
    auto rewound = draft();
    History history(Disk::system(), data());
    history.rewind(rewound, id_, number);
    const auto copy = directory_.path() + "/past.sqlite";
    std::filesystem::remove(copy);
    rewound.write_to(copy);
    return dump_of(copy);
  }
  std::string error_of_past(std::uint64_t number) {
    return thrown<Error>([&] { past(number); });
  }
  /// Goes back to each commit in turn. Brings the file up to date before.
  void expect_all_states() {
    evict();
    for (const auto& [number, state] : states_) {
      SCOPED_TRACE(number);
      if (state.empty()) {
        EXPECT_NE(error_of_past(number).find("did not exist"), std::string::npos);
      } else {
        EXPECT_EQ(past(number), state);
      }
    }
  }

  TemporaryDirectory directory_;
  ManualClock clock_;
  CountingRandom random_;
  Environment environment_{clock_, random_};
  std::uint64_t segment_bytes_ = 64 << 20;
  bool archives_ = true;
  bool undoable_ = true;
  Durability durability_ = Durability::journal;
  ObjectId id_;
  std::vector<std::string> migrations_{"CREATE TABLE t(id INTEGER PRIMARY KEY, v)"};
  EmptyDatabase empty_{"Thing", migrations_};
  std::unique_ptr<LocalJournal> journal_;
  std::unique_ptr<ObjectStore> store_;
  std::uint64_t sequence_ = 0;
  std::uint64_t number_ = 0;
  std::map<std::uint64_t, std::string> states_;
  std::map<std::uint64_t, WallTime> times_;

 private:
  void on_commit_outcomes(std::span<const CommitRecord> records,
                          CommitOutcome outcome) noexcept override {
    EXPECT_EQ(outcome, CommitOutcome::durable);
    for (const auto& record : records) store_->durable(record.sequence);
  }
  void on_checkpoint_wanted(const ObjectId&) noexcept override {}
};

}  // namespace stead::test
