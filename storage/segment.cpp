#include "storage/segment.h"

#include <algorithm>

#include "storage/aligned_buffer.h"

namespace stead {

namespace {

/// Zeros are written ahead in steps of this size, or of the whole segment if that is less.
constexpr std::uint64_t longest_step = 1 << 20;

}  // namespace

Segment::Segment(Disk& disk, const std::string& folder, const journal_format::SegmentHeader& header,
                 const std::string& recycled, std::uint64_t size)
    : number_(header.segment), step_(std::min(longest_step, journal_format::up_to_block(size))) {
  const auto path = folder + "/" + journal_format::segment_name(number_);
  if (!recycled.empty()) {
    disk.rename(recycled, path);
    // Or a crash could leave the new header under the name that the file had before.
    disk.sync_folder(folder);
  }
  file_ = disk.open(path, Disk::Mode::create_direct);
  reserved_ = file_->size() / journal_format::block * journal_format::block;
  AlignedBuffer buffer(journal_format::block);
  std::memset(buffer.span().data(), 0, buffer.size());
  journal_format::write(buffer.span().first<journal_format::SegmentHeader::size>(), header);
  file_->write(0, buffer.span());
  reserved_ = std::max<std::uint64_t>(reserved_, journal_format::block);
  file_->sync();
  disk.sync_folder(folder);
}

void Segment::reserve(std::uint64_t bytes) {
  if (end_ + bytes <= reserved_) return;
  AlignedBuffer zeros(step_);
  std::memset(zeros.span().data(), 0, zeros.size());
  while (reserved_ < end_ + bytes) {
    file_->write(reserved_, zeros.span());
    reserved_ += step_;
  }
}

void Segment::write(std::uint64_t offset, std::span<const std::uint8_t> blocks) {
  file_->write(end_ + offset, blocks);
}

void Segment::sync() {
  try {
    file_->sync();
  } catch (const DiskError& error) {
    throw DiskError(DiskError::Kind::failed, error.what());
  }
}

}  // namespace stead
