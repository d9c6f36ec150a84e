#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "storage/disk.h"
#include "storage/journal_format.h"

namespace stead {

/// The segment of the journal that is being written: a file of blocks, filled with zeros ahead of
/// the end so that a sync need not write the file system's own records.
///
/// Thread: the journal's. Owner: `LocalJournal`. Fails: DiskError.
class Segment final {
 public:
  /// Begins a segment: the file of that name, or a former one (`recycled`, may be empty) renamed to
  /// it, with its header written and synced, and its name made durable. `size` is what it
  /// will have, about.
  Segment(Disk& disk, const std::string& folder, const journal_format::SegmentHeader& header,
          const std::string& recycled, std::uint64_t size);

  std::uint64_t number() const { return number_; }
  /// Where the next batch begins.
  std::uint64_t end() const { return end_; }
  /// Makes room for a batch of this many bytes; throws DiskError if the disk is full.
  void reserve(std::uint64_t bytes);
  /// Writes at the end, or at an offset after it; whole blocks of aligned memory.
  void write(std::uint64_t offset, std::span<const std::uint8_t> blocks);
  /// A failure is never that of a full disk: what was written may be stored or not.
  void sync();
  /// What was written up to here is a batch: the next begins after it.
  void advance(std::uint64_t bytes) { end_ += bytes; }

 private:
  std::uint64_t number_;
  std::unique_ptr<DiskFile> file_;
  std::uint64_t end_ = journal_format::block;
  std::uint64_t reserved_ = 0;
  /// How much is written ahead at once.
  const std::uint64_t step_;
};

}  // namespace stead
