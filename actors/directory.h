#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "storage/object_index.h"

namespace stead {

/// The node's directory of objects: names, times and sizes of all objects that have stored
/// something. Changes are queued and written by a thread of its own, a batch at a time, so that no
/// object waits for them; reads see every change recorded before.
///
/// Thread: any. Owner: the node. Fails: the constructor and the reads throw `StorageError`; a batch
/// that cannot be written is kept and tried again.
class Directory final {
 public:
  explicit Directory(const std::string& data_directory);
  ~Directory();

  void record(ObjectIndex::Change change);

  std::vector<ObjectEntry> list(const ObjectIndex::Query& query);
  std::int64_t count(std::string_view class_name = {});
  std::optional<ObjectEntry> find(const ObjectId& id);
  bool exists(const ObjectId& id) { return find(id).has_value(); }

  /// Writes what is queued and notes that nothing is missing. Nothing may be recorded afterwards.
  void close();

 private:
  void run();
  /// Writes what is queued, or keeps it and gives false. Requires `index_mutex_`.
  bool flush();

  std::mutex index_mutex_;  // taken before queue_mutex_
  std::unique_ptr<ObjectIndex> index_;

  std::mutex queue_mutex_;
  std::condition_variable queued_;
  std::vector<ObjectIndex::Change> queue_;
  bool closing_ = false;
  std::thread writer_;
};

}  // namespace stead
