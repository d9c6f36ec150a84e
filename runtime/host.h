#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/environment.h"
#include "runtime/call.h"
#include "runtime/class_info.h"
#include "runtime/config.h"

namespace stead {

class Disk;
class ObjectStore;
struct CommitRecord;
struct Transaction;

enum class LogLevel { debug, info, warning, error };

/// Calls that wait to be started, and the bytes that they hold.
struct QueueLoad {
  std::size_t calls = 0;
  std::size_t bytes = 0;
};

/// What live objects need from the place where they live. `actors/` implements it for a shard;
/// tests implement it by hand.
///
/// Thread: the shard's, except `send`, `resume` and `bring_back`, which any thread may call.
/// Outlives every object on it.
class Host {
 public:
  virtual ~Host() = default;

  virtual const Environment& environment() = 0;
  virtual const ClassTable& classes() = 0;
  virtual const Config& config() = 0;
  /// What waits on this shard, counted by the objects themselves, and what may.
  virtual QueueLoad& load() = 0;
  virtual const QueueLoad& load_limit() = 0;

  /// Brings a call to its target, wherever that lives. Never fails: a call that cannot be delivered
  /// returns to its caller with an error.
  virtual void send(std::unique_ptr<Call> call) = 0;
  /// Brings a call that was answered on another shard to this one: calls its `return_to_caller` on
  /// this shard's thread. Thread: any.
  virtual void bring_back(std::unique_ptr<Call> call) = 0;
  /// Brings a resumption to an object of this host that waits.
  virtual void resume(const ObjectId& object, Resumption resumption) = 0;
  /// The same after a pause.
  virtual void resume_after(std::chrono::nanoseconds pause, const ObjectId& object,
                            Resumption resumption) = 0;

  /// Runs `work`, which throws nothing, on a thread that no object runs on; then brings the
  /// resumption to the object. Neither happens if the node stops before.
  virtual void run_in_background(std::function<void(Disk&)> work, const ObjectId& object,
                                 Resumption resumption) = 0;

  /// A number that no other instance on this host has.
  virtual std::uint64_t new_incarnation() = 0;
  /// The store of an object, closed as yet. Throws `StorageError`.
  virtual std::unique_ptr<ObjectStore> open_store(const ObjectAddress& object) = 0;
  /// Why nothing may be written now, e.g. a full disk; empty if it may.
  virtual std::string write_refusal() = 0;
  /// An object has committed: make it durable and tell `LiveObject::commit_outcome`, possibly at
  /// once. Gives the commit's number in the journal.
  virtual std::uint64_t append_commit(const CommitRecord& record, Transaction transaction) = 0;
  /// The number of the last commit that any object handed over.
  virtual std::uint64_t last_commit_number() = 0;
  /// The object's file, at `path`, has everything up to the journal's commit of this number: see
  /// that it is synced.
  virtual void checkpointed(const ObjectAddress& object, const std::string& path,
                            std::uint64_t number) = 0;
  /// The memory that objects hold for their storage has grown by this, or shrunk.
  virtual void storage_memory_changed(std::ptrdiff_t by) = 0;
  /// The object has a file from now on.
  virtual void object_created(const ObjectAddress& object) = 0;
  /// An object that has a file of this many bytes in use leaves memory.
  virtual void object_closed(const ObjectAddress& object, std::int64_t size) = 0;
  /// The object has lost its file (`delete_all`).
  virtual void object_deleted(const ObjectAddress& object) = 0;
  virtual void log(LogLevel level, std::string_view text) = 0;
};

}  // namespace stead
