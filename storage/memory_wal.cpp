#include "storage/memory_wal.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace stead {

namespace {

std::uint32_t big_endian(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | std::uint32_t{bytes[3]};
}

}  // namespace

std::size_t MemoryWal::read(std::uint64_t offset, std::span<std::uint8_t> into) {
  std::size_t done = 0;
  while (done < into.size() && offset + done < size()) {
    const auto at = offset + done;
    const auto rest = into.subspan(done);
    if (at < header_size) {
      const auto count = std::min<std::size_t>(rest.size(), header_size - at);
      std::memcpy(rest.data(), header_.data() + at, count);
      done += count;
      continue;
    }
    const auto frame_size = frame_header_size + page_size_;
    const auto index = (at - header_size) / frame_size;
    const auto within = (at - header_size) % frame_size;
    if (within < frame_header_size) {
      const auto count = std::min<std::size_t>(rest.size(), frame_header_size - within);
      std::memcpy(rest.data(), frames_[index].header.data() + within, count);
      done += count;
    } else {
      const auto count = std::min<std::size_t>(rest.size(), frame_size - within);
      read_image(index, within - frame_header_size, rest.first(count));
      done += count;
    }
  }
  return done;
}

void MemoryWal::write(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    std::size_t count = 0;
    if (offset < header_size) {
      // A header begins the log anew.
      if (offset == 0) clear();
      count = std::min<std::size_t>(bytes.size(), header_size - offset);
      std::memcpy(header_.data() + offset, bytes.data(), count);
      page_size_ = big_endian(header_.data() + 8);
      if (page_size_ == 1) page_size_ = 65'536;
    } else {
      const auto frame_size = frame_header_size + page_size_;
      const auto index = (offset - header_size) / frame_size;
      const auto within = (offset - header_size) % frame_size;
      if (index >= frames_.size()) frames_.resize(index + 1);
      if (within < frame_header_size) {
        count = std::min<std::size_t>(bytes.size(), frame_header_size - within);
        std::memcpy(frames_[index].header.data() + within, bytes.data(), count);
      } else {
        count = std::min<std::size_t>(bytes.size(), frame_size - within);
        write_image(index, within - frame_header_size, bytes.first(count));
      }
    }
    offset += count;
    bytes = bytes.subspan(count);
  }
}

void MemoryWal::truncate(std::uint64_t size) {
  if (size == 0) {
    clear();
    return;
  }
  const auto keep = (size - header_size) / (frame_header_size + page_size_);
  CHECK(keep >= committed_);
  while (frames_.size() > keep) {
    drop(frames_.size() - 1);
    frames_.pop_back();
  }
}

std::uint64_t MemoryWal::size() const {
  if (page_size_ == 0) return 0;
  return header_size + frames_.size() * std::uint64_t{frame_header_size + page_size_};
}

DiskFile& MemoryWal::spill() {
  if (!spill_) {
    disk_.make_folders(limits_.spill_path.substr(0, limits_.spill_path.rfind('/')));
    spill_ = disk_.open(limits_.spill_path, Disk::Mode::create);
    disk_.remove(limits_.spill_path);
  }
  return *spill_;
}

void MemoryWal::write_image(std::size_t index, std::size_t at,
                            std::span<const std::uint8_t> bytes) {
  auto& frame = frames_[index];
  if (frame.where == Where::none) {
    if (memory_ + page_size_ <= limits_.memory) {
      frame.image = std::make_unique_for_overwrite<std::uint8_t[]>(page_size_);
      frame.where = Where::memory;
      memory_ += page_size_;
    } else {
      frame.where = Where::spilled;
    }
  }
  if (frame.where == Where::memory) {
    std::memcpy(frame.image.get() + at, bytes.data(), bytes.size());
  } else {
    spill().write(index * std::uint64_t{page_size_} + at, bytes);
  }
}

void MemoryWal::read_image(std::size_t index, std::size_t at, std::span<std::uint8_t> into) {
  const auto& frame = frames_[index];
  CHECK(frame.where != Where::none);
  if (frame.where == Where::memory) {
    std::memcpy(into.data(), frame.image.get() + at, into.size());
  } else {
    CHECK(spill().read(index * std::uint64_t{page_size_} + at, into) == into.size());
  }
}

void MemoryWal::drop(std::size_t index) {
  auto& frame = frames_[index];
  if (frame.where == Where::memory) memory_ -= page_size_;
  frame.where = Where::none;
  frame.image.reset();
}

std::uint32_t MemoryWal::page_of(std::size_t frame) const {
  return big_endian(frames_[frame].header.data());
}

std::uint32_t MemoryWal::pages_after(std::size_t frame) const {
  return big_endian(frames_[frame].header.data() + 4);
}

std::span<const std::uint8_t> MemoryWal::image(std::size_t frame,
                                               std::vector<std::uint8_t>& buffer) {
  if (frames_[frame].where == Where::memory) return {frames_[frame].image.get(), page_size_};
  buffer.resize(page_size_);
  read_image(frame, 0, buffer);
  return buffer;
}

std::optional<std::size_t> MemoryWal::latest(std::uint32_t page) const {
  const auto found = latest_.find(page);
  if (found == latest_.end()) return std::nullopt;
  return found->second;
}

std::size_t MemoryWal::commit(std::size_t frames) {
  CHECK(frames >= committed_ && frames <= frames_.size());
  return std::exchange(committed_, frames);
}

void MemoryWal::adopt(std::size_t frame, std::uint64_t sequence) {
  const auto [entry, added] = latest_.try_emplace(page_of(frame), frame);
  if (added) return;
  superseded_.push_back({sequence, std::exchange(entry->second, frame)});
}

void MemoryWal::cut_off(std::uint32_t pages) {
  // The images stay: SQLite may still look at them.
  std::erase_if(latest_, [pages](const auto& entry) { return entry.first > pages; });
}

void MemoryWal::durable(std::uint64_t sequence) {
  while (!superseded_.empty() && superseded_.front().sequence <= sequence) {
    drop(superseded_.front().frame);
    superseded_.pop_front();
  }
}

void MemoryWal::clear() {
  frames_.clear();
  superseded_.clear();
  latest_.clear();
  committed_ = 0;
  memory_ = 0;
  page_size_ = 0;
  spill_.reset();
}

}  // namespace stead
