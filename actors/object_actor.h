#pragma once

#include <caf/event_based_actor.hpp>
#include <list>

#include "actors/delivery.h"
#include "runtime/live_object.h"

namespace stead {

/// The CAF actor of one live object. Its mailbox orders what reaches the object; its home shard
/// runs it, whoever sends to it, because `enqueue` names the shard as the execution unit.
///
/// Thread: messages may come from any; everything else belongs to the shard. Owner: CAF's reference
/// count; the shard's table holds the reference that keeps it alive.
class ObjectActor final : public caf::event_based_actor {
 public:
  /// `config.host` is the home shard.
  ObjectActor(caf::actor_config& config, Host& host, ObjectAddress address);

  using caf::event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* sender) override;

  caf::behavior make_behavior() override;
  const char* name() const override { return "object"; }

  LiveObject& object() { return object_; }

  /// For the shard's idle sweep: when it was used, when it was put at the end of the order of use,
  /// and its place there.
  MonotonicTime last_used{};
  MonotonicTime placed{};
  std::list<ObjectActor*>::iterator place;

 private:
  caf::execution_unit* home_;
  LiveObject object_;
};

}  // namespace stead
