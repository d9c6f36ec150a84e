#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "base/object_id.h"
#include "storage/disk.h"
#include "storage/journal.h"

namespace stead {

/// Makes object files durable after pages were moved into them, and then tells the journal, which
/// can let go of their records.
///
/// Thread: `add` and `stop` from any; the rest from one. Owner: the node. Fails: `sync_files`
/// throws DiskError; what was to be synced is then in doubt, and the process must end.
class Checkpointer final {
 public:
  /// A file that holds, or (after `delete_all`) lacks, everything up to a commit.
  struct Ticket {
    ObjectId object;
    std::string class_name{};
    std::string path{};
    std::uint64_t number = 0;
  };

  /// `folder` is on the file system of all files.
  Checkpointer(Disk& disk, Journal& journal, std::string folder)
      : disk_(disk), journal_(journal), folder_(std::move(folder)) {}

  void add(Ticket ticket);

  /// Waits until there is something to sync; false once `stop` was called and nothing is left.
  bool wait();
  /// Syncs what has come until now. False if there was nothing.
  bool sync_files();
  void stop();

 private:
  void sync_one_by_one(const std::vector<Ticket>& tickets);

  Disk& disk_;
  Journal& journal_;
  const std::string folder_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Ticket> queue_;
  bool stopping_ = false;
};

}  // namespace stead
