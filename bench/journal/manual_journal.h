#pragma once

#include <string>
#include <unordered_map>

#include "bench/journal/bench_object.h"
#include "storage/local_journal.h"

namespace stead {

/// A journal without a thread of its own, and its objects' checkpoints, so that each step can be
/// measured for itself.
class ManualJournal final : private JournalClient {
 public:
  ManualJournal(Disk& disk, const std::string& data, JournalConfig config = {});

  void append(BenchObject& object, Transaction transaction);
  /// Writes what was appended: one batch if it fits.
  void write();
  /// Tells the objects what `write` has made durable.
  void tell();
  /// Lets an object move its pages into its file if enough has gathered, without a sync.
  void checkpoint_if_due(BenchObject& object) { object.checkpoint_if_due(checkpointer_); }

 private:
  void on_commit_outcomes(std::span<const CommitRecord> records,
                          CommitOutcome outcome) noexcept override;
  void on_checkpoint_wanted(const ObjectId&) noexcept override {}

  LocalJournal journal_;
  Checkpointer checkpointer_;
  std::unordered_map<ObjectId, BenchObject*> objects_;
  std::vector<CommitRecord> durable_;
};

}  // namespace stead
