#pragma once

#include <cstdint>
#include <span>

#include "storage/aligned_buffer.h"
#include "storage/journal_format.h"
#include "storage/segment.h"

namespace stead {

/// Writes one batch at the end of a segment: with one write if it fits into the buffer. The block
/// with the header is written last, so that a batch which was interrupted is never valid.
///
/// Thread: the journal's. Fails: DiskError; the segment's end is then where it was.
class BatchWriter final {
 public:
  BatchWriter(Segment& segment, AlignedBuffer& buffer) : segment_(segment), buffer_(buffer) {}

  void put(std::span<const std::uint8_t> bytes);
  /// Completes the header with size and checksum and writes what is left. Gives the bytes that the
  /// batch takes in the segment.
  std::uint64_t finish(journal_format::BatchHeader header, std::uint64_t seal);

 private:
  void write_buffer();

  Segment& segment_;
  AlignedBuffer& buffer_;
  std::size_t used_ = journal_format::BatchHeader::size;
  std::uint64_t written_ = 0;
  std::uint64_t body_size_ = 0;
  journal_format::BodyChecksum checksum_;
  std::unique_ptr<AlignedBuffer> first_block_;
};

}  // namespace stead
