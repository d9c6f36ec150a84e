#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "runtime/call.h"
#include "runtime/host.h"
#include "runtime/instance.h"
#include "runtime/outbox.h"
#include "storage/journal.h"

namespace stead {

/// One object on its node: the queue of calls that wait for it, its outbox, and its present
/// instance, if it has one. Wakes the object at the first call, replaces an instance that breaks,
/// and lets it go when it is idle. There is never more than one instance.
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

  /// Whether it could leave memory without losing anything but fields.
  bool idle() const;
  /// Closes the database and destroys the instance. Requires `idle()`.
  void evict();
  /// Ends everything under way with this error, and closes: the node stops. Calls that arrive later
  /// get the same error.
  void shut_down(const Error& error);

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

  Host& host_;
  const ObjectAddress address_;
  Outbox outbox_;
  std::uint64_t last_commit_ = 0;
  /// Calls admitted and not yet started: in the mailbox or in `queue_`.
  QueueLoad load_;
  std::deque<std::unique_ptr<Call>> queue_;
  std::unique_ptr<Instance> instance_;
  std::optional<Error> ended_;
};

}  // namespace stead
