#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "storage/disk.h"
#include "storage/journal_format.h"

namespace stead {

/// A part of the journal that was written and acknowledged cannot be read.
class JournalDamage final : public StorageError {
 public:
  JournalDamage(const std::string& file, std::uint64_t offset, const std::string& what)
      : StorageError("the journal is damaged: " + file + " at offset " + std::to_string(offset) +
                     ": " + what),
        offset_(offset) {}
  std::uint64_t offset() const { return offset_; }

 private:
  std::uint64_t offset_;
};

/// The records of one batch, read in pieces: its memory does not depend on the batch's size.
/// Thread: one. Fails: DiskError; JournalDamage if a record makes no sense.
class BatchReader final {
 public:
  BatchReader(DiskFile& file, std::string path, std::uint64_t offset, std::uint64_t size)
      : file_(file), path_(std::move(path)), next_(offset), left_(size) {}

  struct Record {
    journal_format::RecordHeader header;
    std::string class_name;
    /// Where it begins in the segment.
    std::uint64_t offset = 0;
  };
  struct Entry {
    journal_format::PageEntry header;
    /// Valid until the next call.
    std::span<const std::uint8_t> image;
    /// Where the image begins in the segment.
    std::uint64_t offset = 0;
  };

  /// The next record, past whatever is left of the one before.
  std::optional<Record> next_record();
  std::optional<Entry> next_entry();

 private:
  std::span<const std::uint8_t> take(std::uint64_t size);
  void skip(std::uint64_t size);
  [[noreturn]] void fail(const std::string& what) const;

  DiskFile& file_;
  const std::string path_;
  /// The next byte to read from the file, and how many of the batch are left to read.
  std::uint64_t next_;
  std::uint64_t left_;
  Bytes buffer_;
  std::size_t used_ = 0;
  std::uint64_t record_left_ = 0;
};

}  // namespace stead
