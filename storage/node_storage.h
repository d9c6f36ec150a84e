#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "base/environment.h"
#include "storage/background_thread.h"
#include "storage/checkpointer.h"
#include "storage/disk.h"
#include "storage/local_journal.h"
#include "storage/recovery.h"

namespace stead {

/// What makes a node's objects durable: its journal and its checkpointer, each with a thread.
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
    std::function<void(std::exception_ptr)> on_failure{};
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
  RecoveryReport recovered_;
  std::unique_ptr<LocalJournal> journal_;
  Checkpointer checkpointer_;
  std::unique_ptr<BackgroundThread> journal_thread_;
  std::unique_ptr<BackgroundThread> checkpoint_thread_;
};

}  // namespace stead
