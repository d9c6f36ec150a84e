#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "storage/disk.h"
#include "storage/journal_format.h"
#include "storage/local_journal.h"

namespace stead {

/// A part of the journal that was written and acknowledged cannot be read.
class JournalDamage final : public StorageError {
 public:
  /// The bytes that cannot be read, and the batches that were in them, as far as that is known.
  struct Region {
    std::string file{};
    std::uint64_t offset = 0;
    std::uint64_t end = 0;
    std::uint64_t first_batch = 0;
    std::uint64_t last_batch = 0;
  };

  JournalDamage(const Region& region, const std::string& what)
      : StorageError("the journal is damaged: " + region.file + " at offset " +
                     std::to_string(region.offset) + ": " + what +
                     "; the command `journal verify` tells what is lost, then restore a backup"),
        region_(region),
        what_(what) {}
  const Region& region() const { return region_; }
  /// What is wrong there, without the place.
  const std::string& reason() const { return what_; }

 private:
  Region region_;
  std::string what_;
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

/// The batches of a journal in order, each with its checksum checked. Ends before a torn last
/// batch, which was never acknowledged. A segment that had just been about to begin is none yet.
///
/// Thread: one. Fails: DiskError; JournalDamage if something is wrong that later batches follow:
/// the next call goes on behind it.
class JournalReader final {
 public:
  enum class Scope : std::uint8_t {
    needed,  ///< leaves out segments that a later one says are not needed any more
    all,
  };
  struct Batch {
    std::string path;
    journal_format::BatchHeader header;
    /// Where its header is.
    std::uint64_t offset;
    BatchReader records;
  };

  JournalReader(Disk& disk, std::string folder, Scope scope = Scope::needed);

  std::optional<Batch> next();
  /// Where a journal goes on behind what was read; nothing if there is no segment.
  std::optional<JournalPosition> position() const { return position_; }
  /// The first commit that a record can be of: those before were in segments that are gone.
  std::uint64_t first_number() const { return first_number_; }
  /// Bytes of batches so far.
  std::uint64_t bytes() const { return bytes_; }
  /// Behind the last segment's batches, once `next` has given nothing: a torn batch may be there.
  const JournalDamage::Region& end() const { return ended_; }
  /// The paths of all segments, in order, those that are not needed included.
  std::vector<std::string> paths() const;

 private:
  using SegmentHeader = journal_format::SegmentHeader;

  std::string path_of(std::uint64_t segment) const;
  void leave_out_unneeded();
  bool open_next();
  void follow(const SegmentHeader& header);
  std::optional<journal_format::BatchHeader> header_at(std::uint64_t offset);
  bool body_ok(const journal_format::BatchHeader& header);
  /// Whether valid batches follow, and moves there.
  bool find_next();

  Disk& disk_;
  const std::string folder_;
  std::vector<std::uint64_t> segments_;
  std::size_t opened_ = 0;
  std::string path_;
  std::unique_ptr<DiskFile> file_;
  std::uint64_t segment_ = 0;
  std::uint64_t seal_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t expected_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t first_number_ = 0;
  std::optional<JournalPosition> position_;
  /// Where the segment before the open one ended.
  JournalDamage::Region ended_;
};

}  // namespace stead
