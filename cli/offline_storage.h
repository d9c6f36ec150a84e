#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/object_id.h"
#include "runtime/config.h"
#include "storage/data_directory.h"
#include "storage/file_draft.h"
#include "storage/history.h"
#include "storage/journal.h"
#include "storage/node_storage.h"

namespace stead {

/// The objects' storage of a node that does not run, for a command: locked, brought up to date, and
/// with a journal, so that what the command changes can be undone.
///
/// It keeps history if the configuration says so, or if there is some already.
///
/// Thread: one. Owner: the command. Fails: the constructor throws StorageError if a node runs or
/// there is no data directory; the others too, as what they use. If the disk breaks, the process
/// ends.
class OfflineStorage final : private JournalClient {
 public:
  explicit OfflineStorage(const Config& config);
  ~OfflineStorage();

  static bool keeps_history(const Config& config);

  History history() { return History(Disk::system(), data_); }
  /// An object's file, as it is.
  FileDraft draft(const std::string& class_name, const ObjectId& object);
  /// A file for the time being, which is not there yet.
  std::string temporary_path(const ObjectId& object) const;

  /// The number of the last commit of all.
  std::uint64_t last_number() const { return storage_->journal().last_number(); }
  /// Makes a draft the object's durable state. Gives the commit's number; nothing if nothing
  /// changes.
  std::optional<std::uint64_t> commit(FileDraft& draft, const std::string& class_name,
                                      const ObjectId& object);

 private:
  void on_commit_outcomes(std::span<const CommitRecord> records,
                          CommitOutcome outcome) noexcept override;
  void on_checkpoint_wanted(const ObjectId&) noexcept override {}

  const std::string data_;
  std::unique_ptr<DataDirectory> lock_;
  struct Outcome;
  std::unique_ptr<Outcome> outcome_;
  std::unique_ptr<NodeStorage> storage_;
};

}  // namespace stead
