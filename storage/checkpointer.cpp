#include "storage/checkpointer.h"

#include <set>

#include "storage/mutation.h"

namespace stead {

namespace {

/// For more files it is cheaper to sync the whole file system once.
constexpr std::size_t one_by_one = 16;
/// Syncs a file or folder, unless it is gone: the object may lose its file at any time, and one
/// that never had a file may have no folder.
template <class Sync>
void sync_if_there(Disk& disk, const std::string& path, Sync sync) {
  if (!disk.exists(path)) return;
  try {
    sync();
  } catch (const DiskError&) {
    if (disk.exists(path)) throw;
  }
}

/// The folders whose names a new file may have added: cd, ab, the class, objects.
constexpr int levels = 4;

}  // namespace

void Checkpointer::add(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) arrived_.notify_one();
  queue_.push_back(std::move(ticket));
}

bool Checkpointer::wait() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return !queue_.empty() || stopping_; });
  return !queue_.empty();
}

void Checkpointer::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  arrived_.notify_one();
}

bool Checkpointer::sync_files() {
  std::vector<Ticket> tickets;
  {
    const std::lock_guard lock(mutex_);
    tickets.swap(queue_);
  }
  if (!mutated(Mutation::mark_before_file_sync)) {
    if (tickets.size() > one_by_one && !mutated(Mutation::skip_folder_sync)) {
      disk_.sync_all(folder_);
    } else {
      sync_one_by_one(tickets);
    }
  }
  for (const auto& each : tickets) journal_.mark(each.object, each.class_name, each.number);
  return !tickets.empty();
}

void Checkpointer::sync_one_by_one(const std::vector<Ticket>& tickets) {
  std::set<std::string> folders;
  for (const auto& each : tickets) {
    sync_if_there(disk_, each.path, [&] { disk_.open(each.path, Disk::Mode::write)->sync(); });
    auto folder = each.path;
    for (int level = 0; level < levels; ++level) {
      const auto end = folder.rfind('/');
      if (end == folder.npos || end == 0) break;
      folder.resize(end);
      folders.insert(folder);
    }
  }
  if (mutated(Mutation::skip_folder_sync)) return;
  // The deepest first.
  for (auto each = folders.rbegin(); each != folders.rend(); ++each) {
    sync_if_there(disk_, *each, [&] { disk_.sync_folder(*each); });
  }
}

}  // namespace stead
