#pragma once

#include <cstdint>
#include <string>

#include "base/environment.h"
#include "storage/disk.h"
#include "storage/local_journal.h"

namespace stead {

struct RecoveryReport {
  /// Where the journal goes on.
  JournalPosition position{};
  std::uint64_t batches = 0;
  std::uint64_t records = 0;
  /// Records that a file lacked, and the files.
  std::uint64_t applied = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  /// The segments that were read; none is needed any more.
  std::vector<std::string> segments{};
};

/// Brings every object's file up to what the journal in `<data>/journal` holds, and makes the files
/// durable. Memory does not depend on the journal's size, only on how many objects are in it.
///
/// Running it again, or after an interruption, comes to the same. The segments stay: call
/// `drop_recovered` once the new journal has begun.
///
/// Fails: DiskError; JournalDamage; StorageError if a page does not come out as it was. Then
/// nothing of the journal is lost. Requires that nobody uses the data.
RecoveryReport recover(Disk& disk, const std::string& data, Random& random);

/// Removes, or moves to `archive` if that is not empty, the segments that were recovered.
void drop_recovered(Disk& disk, const RecoveryReport& report, const std::string& archive);

}  // namespace stead
