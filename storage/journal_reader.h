#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/disk.h"
#include "storage/local_journal.h"
#include "storage/segment_reader.h"

namespace stead {

/// The batches of a journal in order, each with its checksum checked. Ends before a torn last
/// batch, which was never acknowledged.
///
/// Thread: one. Fails: DiskError; JournalDamage if something is wrong that later batches follow:
/// the next call goes on behind it.
class JournalReader final {
 public:
  using Batch = SegmentReader::Batch;

  JournalReader(Disk& disk, std::string folder);

  std::optional<Batch> next();
  /// Where a journal goes on behind what was read; nothing if there is no segment.
  std::optional<JournalPosition> position() const { return position_; }
  /// The first commit that a record can be of: those before were in segments that are gone.
  std::uint64_t first_number() const { return first_number_; }
  /// Bytes of batches so far.
  std::uint64_t bytes() const { return bytes_; }
  /// The paths of all segments, in order.
  std::vector<std::string> paths() const;

 private:
  bool open_next();

  Disk& disk_;
  const std::string folder_;
  std::vector<std::uint64_t> segments_;
  std::size_t opened_ = 0;
  std::optional<SegmentReader> segment_;
  bool at_end_ = true;
  std::uint64_t bytes_ = 0;
  std::uint64_t first_number_ = 0;
  std::optional<JournalPosition> position_;
};

}  // namespace stead
