#include "storage/rollback_journal.h"

#include <algorithm>
#include <cstring>

namespace stead {

namespace {

/// A header, and two pages of the usual size.
constexpr std::size_t usual_size = 512 + 2 * (4096 + 8);

/// What the last transaction on this thread has used: memory that the processor's cache has.
thread_local Bytes spare;

}  // namespace

std::size_t RollbackJournal::read(std::uint64_t offset, std::span<std::uint8_t> into) {
  if (offset >= size_) return 0;
  into = into.first(std::min<std::uint64_t>(into.size(), size_ - offset));
  std::size_t done = 0;
  if (offset < start_.size()) {
    done = std::min<std::size_t>(into.size(), start_.size() - offset);
    std::memcpy(into.data(), start_.data() + offset, done);
  }
  if (done < into.size()) done += rest_->read(offset + done - bound(), into.subspan(done));
  return done;
}

void RollbackJournal::write(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return;
  if (offset == 0 && bytes[0] == 0) {
    truncate(0);
    return;
  }
  const auto end = offset + bytes.size();
  const auto in_memory =
      offset < bound() ? std::min<std::size_t>(bytes.size(), bound() - offset) : 0;
  if (in_memory > 0) {
    if (start_.empty()) {
      start_.swap(spare);
      start_.reserve(std::min(usual_size, bound()));
    }
    if (start_.size() < offset) start_.resize(offset);
    const auto known = std::min<std::size_t>(in_memory, start_.size() - offset);
    std::memcpy(start_.data() + offset, bytes.data(), known);
    start_.insert(start_.end(), bytes.begin() + static_cast<std::ptrdiff_t>(known),
                  bytes.begin() + static_cast<std::ptrdiff_t>(in_memory));
  }
  if (in_memory < bytes.size()) {
    if (!rest_) rest_ = open_spill_file(disk_, limits_.path + "-rollback");
    rest_->write(offset + in_memory - bound(), bytes.subspan(in_memory));
  }
  size_ = std::max(size_, end);
}

void RollbackJournal::truncate(std::uint64_t size) {
  size_ = std::min(size_, size);
  if (size_ <= bound()) rest_.reset();
  if (size_ == 0) {
    start_.clear();
    if (start_.capacity() <= usual_size) start_.swap(spare);
    start_.shrink_to_fit();
  } else if (size_ < start_.size()) {
    start_.resize(size_);
  }
}

}  // namespace stead
