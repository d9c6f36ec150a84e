#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "runtime/call.h"
#include "runtime/commit_log.h"
#include "runtime/host.h"
#include "runtime/instance.h"
#include "runtime/outbox.h"
#include "runtime/restore.h"
#include "storage/journal.h"
#include "storage/object_store.h"

namespace stead {

/// One object on its node: the queue of calls that wait for it, its outbox, its storage, and its
/// present instance, if it has one. Wakes the object at the first call, replaces an instance that
/// breaks, and lets it go when it is idle. There is never more than one instance.
///
/// If the object has asked for a former state, it is restored before the next instance is made.
///
/// The storage outlives an instance, since what is durable may not be in the object's file yet. It
/// is rebuilt after a reset and checkpointed between two turns, once no commit is under way; calls
/// wait that long.
///
/// Thread: the object's shard, one call at a time. Owner: its actor.
class LiveObject final {
 public:
  LiveObject(Host& host, ObjectAddress address);
  ~LiveObject();

  /// Counts a call that is on its way to `deliver`, or gives the `OverloadedError` with which to
  /// refuse it.
  std::optional<Error> admit(const Call& call);
  /// Takes an admitted call: runs it, or queues it while the input gate is shut. One that has
  /// waited for too long is refused.
  void deliver(std::unique_ptr<Call> call);
  void resume(Resumption resumption);
  /// What became of a commit handed to `Host::append_commit`.
  void commit_outcome(std::uint64_t sequence, CommitOutcome outcome);
  /// Moves what is durable into the object's file as soon as it can.
  void request_checkpoint();

  /// Whether it could leave memory without losing anything but fields.
  bool idle() const;
  /// Destroys the instance and brings the object's file up to date. False if it must stay for now,
  /// because something has to become durable first or the disk is full. Requires `idle()`.
  bool evict();
  /// Ends everything under way with this error, and makes durable what still is not: the node
  /// stops. Calls that arrive later get the same error.
  void shut_down(const Error& error);
  /// The last step of a stop, once every outcome is known: leaves memory, in any case.
  void close();

  const ObjectAddress& address() const { return address_; }
  const QueueLoad& load() const { return load_; }

 private:
  Instance& instance();
  /// Delivers whatever may be delivered now.
  void pump();
  void reset_if_broken();
  void start_next();
  std::unique_ptr<Call> take_next();
  bool waited_too_long(const Call& call) const;
  /// Makes durable what the storage has kept back. False if there was nothing.
  bool flush();
  /// Whether the storage must be worked on before the next turn, because a commit is under way.
  bool storage_busy();
  /// False, with the calls that wait refused, if that failed and is still due.
  bool rebuild();
  bool checkpoint();
  void report_memory();
  /// Whether the next instance is to find a former state.
  bool restore_due() const { return store_ && !instance_ && store_->restore_request(); }
  void begin_restore();
  void end_restore();
  void fail_queue(const Error& error);

  Host& host_;
  const ObjectAddress address_;
  Outbox outbox_;
  CommitLog commits_;
  std::unique_ptr<ObjectStore> store_;
  bool rebuild_due_ = false;
  bool checkpoint_due_ = false;
  /// Under way: the store is closed, and calls wait.
  std::unique_ptr<Restore> restore_;
  /// What the host was told of.
  std::size_t reported_memory_ = 0;
  /// Calls admitted and not yet started: in the mailbox or in `queue_`.
  QueueLoad load_;
  std::deque<std::unique_ptr<Call>> queue_;
  std::unique_ptr<Instance> instance_;
  std::optional<Error> ended_;
};

}  // namespace stead
