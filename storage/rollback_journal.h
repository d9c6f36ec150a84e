#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "storage/disk.h"
#include "storage/spill_file.h"

namespace stead {

/// What SQLite writes down to be able to undo its open transaction (its rollback journal, section 3
/// of SQLite's file format). Nobody needs it after a crash, so it is in memory, and from a bound on
/// in a file without a name.
///
/// Thread: the object's. Owner: `ObjectFile`. Fails: DiskError, if that file fails.
class RollbackJournal final {
 public:
  /// `limits` must outlive it.
  RollbackJournal(Disk& disk, const SpillLimits& limits) : disk_(disk), limits_(limits) {}

  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> into);
  /// Zeros in the place of its header end it: a connection in exclusive mode does that instead of
  /// removing the file.
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  void truncate(std::uint64_t size);
  std::uint64_t size() const { return size_; }
  /// Bytes held in memory.
  std::size_t memory() const { return start_.capacity(); }

 private:
  /// The part that is kept in memory.
  std::size_t bound() const { return limits_.memory / 4; }

  Disk& disk_;
  const SpillLimits& limits_;
  /// What is before the bound. Given back when it ends, so that the next transaction, of whatever
  /// object, finds memory that the processor's cache still has.
  Bytes start_;
  std::unique_ptr<DiskFile> rest_;
  std::uint64_t size_ = 0;
};

}  // namespace stead
