#include "actors/directory.h"

#include <chrono>
#include <iterator>
#include <utility>

#include "base/error.h"

namespace stead {

Directory::Directory(const std::string& data_directory)
    : index_(ObjectIndex::open(data_directory)), writer_([this] { run(); }) {}

Directory::~Directory() { close(); }

void Directory::record(ObjectIndex::Change change) {
  const std::lock_guard lock(queue_mutex_);
  queue_.push_back(std::move(change));
  if (queue_.size() == 1) queued_.notify_one();
}

void Directory::run() {
  std::unique_lock lock(queue_mutex_);
  while (!closing_) {
    queued_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    lock.unlock();
    const bool written = [this] {
      const std::lock_guard index_lock(index_mutex_);
      return flush();
    }();
    lock.lock();
    if (!written) queued_.wait_for(lock, std::chrono::seconds(1), [this] { return closing_; });
  }
}

bool Directory::flush() {
  std::vector<ObjectIndex::Change> batch;
  {
    const std::lock_guard lock(queue_mutex_);
    batch.swap(queue_);
  }
  if (batch.empty()) return true;
  try {
    index_->apply(batch);
    return true;
  } catch (const StorageError&) {
    // The disk is full, most likely. The objects' files have it all, so nothing is lost; the batch
    // goes back in front of what came meanwhile.
    const std::lock_guard lock(queue_mutex_);
    std::move(queue_.begin(), queue_.end(), std::back_inserter(batch));
    queue_.swap(batch);
    return false;
  }
}

std::vector<ObjectEntry> Directory::list(const ObjectIndex::Query& query) {
  const std::lock_guard lock(index_mutex_);
  flush();
  return index_->list(query);
}

std::int64_t Directory::count(std::string_view class_name) {
  const std::lock_guard lock(index_mutex_);
  flush();
  return index_->count(class_name);
}

std::optional<ObjectEntry> Directory::find(const ObjectId& id) {
  const std::lock_guard lock(index_mutex_);
  flush();
  return index_->find(id);
}

void Directory::close() {
  {
    const std::lock_guard lock(queue_mutex_);
    if (std::exchange(closing_, true)) return;
    queued_.notify_one();
  }
  writer_.join();
  const std::lock_guard lock(index_mutex_);
  try {
    if (flush()) index_->close();
  } catch (const StorageError&) {
    // Not marked as complete, so the next start reads the objects' files.
  }
  index_.reset();
}

}  // namespace stead
