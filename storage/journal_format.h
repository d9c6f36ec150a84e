#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/environment.h"
#include "base/object_id.h"
#include "storage/disk.h"
#include "storage/page_codec.h"
#include "storage/transaction.h"

namespace stead {

/// The layout of journal segments, byte by byte: docs/storage_format.md. All numbers are little
/// endian. A segment is a header block and batches, each from a block's start; a batch is a header
/// and records; a record is a header, a class name and page entries.
namespace journal_format {

constexpr std::uint32_t version = 1;
constexpr std::size_t block = Disk::block;

constexpr std::uint64_t up_to_block(std::uint64_t size) {
  return (size + block - 1) / block * block;
}

using NodeId = std::array<std::uint8_t, 16>;

struct SegmentHeader {
  static constexpr std::size_t size = 80;
  std::uint64_t segment = 0;
  NodeId node{};
  /// The number of its first batch, and of the first commit appended after it began.
  std::uint64_t first_batch = 0;
  std::uint64_t first_number = 0;
  WallTime created{};
  /// The first segment that was still needed when this one began: itself, after a recovery.
  std::uint64_t oldest = 0;
};

struct BatchHeader {
  static constexpr std::size_t size = 72;
  std::uint64_t segment = 0;
  std::uint64_t number = 0;
  /// Of records, and the highest commit number among them and before.
  std::uint32_t records = 0;
  std::uint64_t last_commit = 0;
  /// Bytes after the header; the rest up to the next block is of no meaning.
  std::uint64_t body_size = 0;
  std::uint64_t body_checksum = 0;
  WallTime written{};
};

struct RecordHeader {
  static constexpr std::size_t size = 88;
  Transaction::Kind kind = Transaction::Kind::commit;
  bool undoable = false;
  std::uint16_t class_size = 0;
  std::uint32_t page_size = 0;
  /// Of the commit, counted over the whole node. In a mark: the last commit in the file.
  std::uint64_t number = 0;
  /// Of the object's commit before; 0 if its file holds that already.
  std::uint64_t previous = 0;
  ObjectId object{};
  std::uint32_t pages_before = 0;
  std::uint32_t pages = 0;
  std::uint32_t entries = 0;
  /// When the object wants to be woken, if the commit changed that.
  std::optional<WallTime> alarm{};
  /// Bytes of class name and entries.
  std::uint64_t body_size = 0;
};

struct PageEntry {
  static constexpr std::size_t size = 16;
  std::uint32_t page = 0;
  /// Of the page as it comes out.
  std::uint32_t checksum = 0;
  PageEncoding encoding = PageEncoding::raw;
  /// The image from before the transaction, needed only to undo it.
  bool former = false;
  /// Bytes of the image, which follow.
  std::uint32_t length = 0;
};

void write(std::span<std::uint8_t, SegmentHeader::size> out, const SegmentHeader& header);
/// Batch headers are sealed with a number that only the node knows, so that nobody can have one
/// written by storing it as data.
std::uint64_t seal_of(const NodeId& node);
void write(std::span<std::uint8_t, BatchHeader::size> out, const BatchHeader& header,
           std::uint64_t seal);
void append(Bytes& out, const RecordHeader& header);
void append(Bytes& out, const PageEntry& entry);
/// Sets the length of an entry that was appended at an offset.
void finish_entry(Bytes& out, std::size_t at, const PageEntry& entry);

/// Nothing if the bytes are not a whole, undamaged header.
std::optional<SegmentHeader> read_segment_header(std::span<const std::uint8_t> bytes);
std::optional<BatchHeader> read_batch_header(std::span<const std::uint8_t> bytes,
                                             std::uint64_t seal);
/// The segment that a batch header names, be it whole or not; nothing if there is none.
std::optional<std::uint64_t> segment_of_batch(std::span<const std::uint8_t> bytes);
/// Nothing if the kind is unknown.
std::optional<RecordHeader> read_record_header(std::span<const std::uint8_t> bytes);
std::optional<PageEntry> read_page_entry(std::span<const std::uint8_t> bytes);

/// The checksum of a batch's body, which may come in pieces.
class BodyChecksum {
 public:
  BodyChecksum();
  ~BodyChecksum();
  BodyChecksum(const BodyChecksum&) = delete;
  BodyChecksum& operator=(const BodyChecksum&) = delete;
  void add(std::span<const std::uint8_t> bytes);
  std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "<number, 16 hex digits>.journal"
std::string segment_name(std::uint64_t segment);
/// Nothing if it is another kind of file.
std::optional<std::uint64_t> segment_of_name(const std::string& name);

}  // namespace journal_format

}  // namespace stead
