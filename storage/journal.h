#pragma once

#include <cstdint>

#include "base/object_id.h"

namespace stead {

/// What became of a commit.
enum class CommitOutcome {
  durable,   ///< survives a crash
  failed,    ///< certainly not stored: discard the instance
  in_doubt,  ///< may or may not be stored: discard the instance and read back
};

/// One object's transaction that SQLite has committed.
struct CommitRecord {
  ObjectId object;
  /// Counts this instance's commits from 1, without gaps.
  std::uint64_t sequence = 0;
};

/// Told what became of each commit handed to a journal, in commit order.
/// Thread: the journal's; an implementation hands over to its own.
class JournalClient {
 public:
  virtual void on_commit_outcome(const CommitRecord& record, CommitOutcome outcome) noexcept = 0;

 protected:
  ~JournalClient() = default;
};

/// Makes commits durable. An object's output is held until its commits' outcome is known; the
/// object itself goes on meanwhile, so `append` never waits.
///
/// Thread: `append` may be called from any shard; calls for one object come from one thread, in
/// commit order. Owner: the node; outlives every object.
class Journal {
 public:
  virtual ~Journal() = default;

  /// Whether SQLite itself must sync each commit (`PRAGMA synchronous=FULL`) because this journal
  /// relies on it.
  virtual bool needs_synced_files() const = 0;

  /// Takes a record; `client` hears of it exactly once, possibly before `append` returns. The
  /// client must outlive that.
  virtual void append(const CommitRecord& record, JournalClient& client) = 0;
};

/// The journal that leaves durability to SQLite: each object's file is synced at its own commit, so
/// a commit is durable once SQLite returns.
class SyncedFilesJournal final : public Journal {
 public:
  bool needs_synced_files() const override { return true; }
  void append(const CommitRecord& record, JournalClient& client) override {
    client.on_commit_outcome(record, CommitOutcome::durable);
  }
};

}  // namespace stead
