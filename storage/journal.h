#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/object_id.h"
#include "storage/transaction.h"

namespace stead {

/// What became of a commit.
enum class CommitOutcome {
  durable,   ///< survives a crash
  failed,    ///< not stored: take it back
  in_doubt,  ///< may or may not be stored: discard the instance and read back
};

/// One object's transaction that SQLite has committed.
struct CommitRecord {
  ObjectId object;
  /// Counts the object's commits while it is in memory, from 1, without gaps.
  std::uint64_t sequence = 0;
  /// The commit that it builds on: `sequence - 1`, unless that one failed and was taken back.
  std::uint64_t previous = 0;
};

/// Told what became of each commit handed to a journal, in commit order.
/// Thread: the journal's; an implementation hands over to its own.
class JournalClient {
 public:
  virtual void on_commit_outcomes(std::span<const CommitRecord> records,
                                  CommitOutcome outcome) noexcept = 0;
  /// The journal grows because this object's file lags behind: move its pages into the file.
  virtual void on_checkpoint_wanted(const ObjectId& object) noexcept = 0;

 protected:
  ~JournalClient() = default;
};

/// Makes commits durable. An object's output is held until its commits' outcome is known; the
/// object itself goes on meanwhile, so `append` never waits.
///
/// After a commit of an object has failed, those that build on it fail too.
///
/// Thread: any; calls for one object come from one thread, in commit order. Owner: the node;
/// outlives every object.
class Journal {
 public:
  virtual ~Journal() = default;

  /// Takes a transaction and begins to make it durable; `client` hears of it exactly once, maybe
  /// before this has returned. The client must outlive that. Gives the commit's number, which grows
  /// over the whole node and its lives.
  std::uint64_t append(const CommitRecord& record, Transaction transaction, JournalClient& client) {
    const auto number = append_later(record, std::move(transaction), client);
    wake_writer();
    return number;
  }

  /// The same for one of several: nothing is written before the next `wake_writer`, which is to
  /// follow the last of them. The more comes together, the less each costs.
  virtual std::uint64_t append_later(const CommitRecord& record, Transaction transaction,
                                     JournalClient& client) = 0;
  /// Begins to make durable what was appended.
  virtual void wake_writer() = 0;

  /// The object's file, synced, holds everything up to the commit of this number: records before
  /// are not needed any more.
  virtual void mark(const ObjectId& object, const std::string& class_name,
                    std::uint64_t number) = 0;

  /// Why it takes no commits now, e.g. a full disk; empty if it does.
  virtual std::string refusal() const = 0;

  /// The number of the last commit that was appended.
  virtual std::uint64_t last_number() const = 0;
};

}  // namespace stead
