#include "storage/history_keeper.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "storage/journal_format.h"
#include "storage/segment_reader.h"

namespace stead {

using std::chrono::milliseconds;

std::string HistoryKeeper::path_of(std::uint64_t segment) const {
  return folder_ + "/" + journal_format::segment_name(segment);
}

void HistoryKeeper::find_segments() {
  for (const auto& name : disk_.list(folder_)) {
    const auto number = journal_format::segment_of_name(name);
    if (!number || segments_.contains(*number)) continue;
    const auto size = disk_.open(path_of(*number), Disk::Mode::read)->size();
    segments_.emplace(*number, size);
    bytes_ += size;
  }
}

bool HistoryKeeper::began_long_ago(std::uint64_t segment) {
  const SegmentReader reader(disk_, path_of(segment));
  return reader.header() && reader.header()->created <= clock_.wall_now() - limits_.keep;
}

void HistoryKeeper::prune() {
  find_segments();
  while (!segments_.empty()) {
    const auto oldest = segments_.begin();
    const auto next = std::next(oldest);
    const bool old = next != segments_.end() && began_long_ago(next->first);
    if (!old && bytes_ <= limits_.bytes) break;
    disk_.remove(path_of(oldest->first));
    bytes_ -= oldest->second;
    segments_.erase(oldest);
  }
}

bool HistoryKeeper::wait() {
  const auto pause = std::clamp(limits_.keep / 20, milliseconds(100), milliseconds(60'000));
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, pause, [this] { return due_ || stopping_; });
  due_ = false;
  return !stopping_;
}

void HistoryKeeper::look() {
  const std::lock_guard lock(mutex_);
  due_ = true;
  changed_.notify_one();
}

void HistoryKeeper::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  changed_.notify_one();
}

}  // namespace stead
