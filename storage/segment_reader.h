#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "storage/disk.h"
#include "storage/journal_format.h"
#include "storage/journal_reader.h"

namespace stead {

/// The batches of one segment in order, each with its checksum checked. It may be one that is being
/// written: what is not complete yet is behind its end.
///
/// Thread: one. Fails: DiskError; JournalDamage if something is wrong that later batches follow:
/// the next call goes on behind it.
class SegmentReader final {
 public:
  struct Batch {
    std::string path;
    journal_format::BatchHeader header;
    /// Where its header is, and the next batch's.
    std::uint64_t offset;
    std::uint64_t end;
    BatchReader records;
  };

  SegmentReader(Disk& disk, std::string path);

  /// Nothing if the file has no valid one.
  const std::optional<journal_format::SegmentHeader>& header() const { return header_; }
  const std::string& path() const { return path_; }
  DiskFile& file() { return *file_; }

  /// Requires a header. Nothing at the end.
  std::optional<Batch> next();
  /// The number that the next batch must have, here or in the segment that follows.
  std::uint64_t next_batch() const { return expected_; }

 private:
  std::optional<journal_format::BatchHeader> header_at(std::uint64_t offset);
  bool body_ok(const journal_format::BatchHeader& header);
  bool is_next(const std::optional<journal_format::BatchHeader>& header);
  /// The first valid batch behind this place.
  std::optional<std::uint64_t> find_later();

  const std::string path_;
  std::unique_ptr<DiskFile> file_;
  std::optional<journal_format::SegmentHeader> header_;
  std::uint64_t seal_ = 0;
  std::uint64_t offset_ = journal_format::block;
  std::uint64_t expected_ = 0;
};

}  // namespace stead
