#include "storage/segment_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/mutation.h"

namespace stead {

namespace {

using journal_format::BatchHeader;
using journal_format::block;

constexpr std::size_t piece = 1 << 20;

}  // namespace

SegmentReader::SegmentReader(Disk& disk, std::string path)
    : path_(std::move(path)), file_(disk.open(path_, Disk::Mode::read)) {
  std::array<std::uint8_t, journal_format::SegmentHeader::size> bytes{};
  file_->read(0, bytes);
  header_ = journal_format::read_segment_header(bytes);
  if (!header_) return;
  seal_ = journal_format::seal_of(header_->node);
  expected_ = header_->first_batch;
}

std::optional<BatchHeader> SegmentReader::header_at(std::uint64_t offset) {
  std::array<std::uint8_t, BatchHeader::size> bytes{};
  if (file_->read(offset, bytes) < bytes.size()) return std::nullopt;
  const auto header = journal_format::read_batch_header(bytes, seal_);
  if (!header || header->number < expected_) return std::nullopt;
  if (header->segment != header_->segment && !mutated(Mutation::accept_stale_batches)) {
    return std::nullopt;
  }
  return header;
}

bool SegmentReader::body_ok(const BatchHeader& header) {
  journal_format::BodyChecksum checksum;
  Bytes buffer;
  auto at = offset_ + BatchHeader::size;
  for (auto left = header.body_size; left > 0;) {
    buffer.resize(std::min<std::uint64_t>(left, piece));
    if (file_->read(at, buffer) != buffer.size()) return false;
    checksum.add(buffer);
    at += buffer.size();
    left -= buffer.size();
  }
  return checksum.value() == header.body_checksum || mutated(Mutation::ignore_batch_checksum);
}

bool SegmentReader::is_next(const std::optional<BatchHeader>& header) {
  return header && header->number == expected_ && body_ok(*header);
}

std::optional<std::uint64_t> SegmentReader::find_later() {
  const auto size = file_->size();
  // From here on: a later batch may have been written over the one that belongs here.
  for (auto offset = offset_; offset < size; offset += block) {
    const auto header = header_at(offset);
    if (header && header->number != expected_) return offset;
  }
  return std::nullopt;
}

std::optional<SegmentReader::Batch> SegmentReader::next() {
  auto header = header_at(offset_);
  if (!is_next(header)) {
    const auto later = find_later();
    if (!later) return std::nullopt;
    // One that was being written is complete as soon as another follows it.
    header = header_at(offset_);
    if (!is_next(header)) {
      const auto bad = std::exchange(offset_, *later);
      const auto found = header_at(offset_);
      if (found) expected_ = found->number;
      throw JournalDamage({.file = path_, .offset = bad, .end = offset_},
                          "a batch is not what was written");
    }
  }
  const auto end = offset_ + journal_format::up_to_block(BatchHeader::size + header->body_size);
  Batch batch{path_, *header, offset_, end,
              BatchReader(*file_, path_, offset_ + BatchHeader::size, header->body_size)};
  offset_ = end;
  ++expected_;
  return batch;
}

}  // namespace stead
