#include "storage/batch_writer.h"

#include <algorithm>
#include <cstring>

namespace stead {

namespace {

using journal_format::BatchHeader;
using journal_format::block;

}  // namespace

void BatchWriter::put(std::span<const std::uint8_t> bytes) {
  checksum_.add(bytes);
  body_size_ += bytes.size();
  while (!bytes.empty()) {
    if (used_ == buffer_.size()) write_buffer();
    const auto count = std::min(bytes.size(), buffer_.size() - used_);
    std::memcpy(buffer_.span().data() + used_, bytes.data(), count);
    used_ += count;
    bytes = bytes.subspan(count);
  }
}

void BatchWriter::write_buffer() {
  auto bytes = buffer_.span().first(used_);
  if (written_ == 0) {
    first_block_ = std::make_unique<AlignedBuffer>(block);
    std::memcpy(first_block_->span().data(), bytes.data(), block);
    segment_.write(block, bytes.subspan(block));
  } else {
    segment_.write(written_, bytes);
  }
  written_ += used_;
  used_ = 0;
}

std::uint64_t BatchWriter::finish(BatchHeader header, std::uint64_t seal) {
  header.body_size = body_size_;
  header.body_checksum = checksum_.value();
  const auto padded = static_cast<std::size_t>(journal_format::up_to_block(used_));
  std::memset(buffer_.span().data() + used_, 0, padded - used_);
  if (!first_block_) {
    journal_format::write(buffer_.span().first<BatchHeader::size>(), header, seal);
    segment_.write(0, buffer_.span().first(padded));
    return padded;
  }
  if (padded > 0) segment_.write(written_, buffer_.span().first(padded));
  journal_format::write(first_block_->span().first<BatchHeader::size>(), header, seal);
  segment_.write(0, first_block_->span());
  return written_ + padded;
}

}  // namespace stead
