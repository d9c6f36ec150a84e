#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/environment.h"
#include "storage/background_thread.h"
#include "storage/checkpointer.h"
#include "storage/disk.h"
#include "storage/history_keeper.h"
#include "storage/local_journal.h"
#include "storage/recovery.h"

namespace stead {

/// What makes a node's objects durable: its journal and its checkpointer, each with a thread, and
/// the keeper of its history, if it is to have one.
///
/// Its beginning recovers what a crash has left. Its end, `drain` and then `close`, leaves plain
/// files and a journal without records.
///
/// Thread: `journal` and `checkpointer` from any, the rest from one. Owner: the node; outlives the
/// shards' objects. Fails: the constructor throws StorageError. If a thread finds the disk broken,
/// `on_failure` is called on it, and must end the process: what is on disk is in doubt.
class NodeStorage final {
 public:
  struct Config {
    /// The data directory.
    std::string data{};
    JournalConfig journal{};
    /// Whether what the journal does not need any more is kept as history, and how much of it; with
    /// `keep` 0, all of it.
    std::optional<HistoryKeeper::Limits> history{};
    std::function<void(std::exception_ptr)> on_failure{};
    /// Told, on a thread of its own, of what goes wrong and will be tried again.
    std::function<void(const std::string&)> on_warning{};
  };

  NodeStorage(Disk& disk, Environment environment, Config config);
  ~NodeStorage();

  const RecoveryReport& recovered() const { return recovered_; }
  Journal& journal() { return *journal_; }
  Checkpointer& checkpointer() { return checkpointer_; }

  /// Writes what was appended and tells the outcomes. Nothing may be appended afterwards.
  void drain();
  /// Syncs the files that were checkpointed and lets go of the journal, as far as no object needs
  /// it.
  void close();

 private:
  void prune();

  const std::function<void(const std::string&)> on_warning_;
  HistoryKeeper keeper_;
  RecoveryReport recovered_;
  std::unique_ptr<LocalJournal> journal_;
  Checkpointer checkpointer_;
  std::unique_ptr<BackgroundThread> journal_thread_;
  std::unique_ptr<BackgroundThread> checkpoint_thread_;
  std::unique_ptr<BackgroundThread> history_thread_;
};

}  // namespace stead
