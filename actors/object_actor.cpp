#include "actors/object_actor.h"

namespace stead {

ObjectActor::ObjectActor(caf::actor_config& config, Host& host, ObjectAddress address)
    : caf::event_based_actor(config), home_(config.host), object_(host, std::move(address)) {
  // Author's exceptions end in the object; one that arrives here is a bug of ours.
  set_exception_handler([](std::exception_ptr& exception) -> caf::error {
    try {
      std::rethrow_exception(exception);
    } catch (const std::exception& error) {
      check_failed(error.what(), __FILE__, __LINE__);
    }
  });
}

void ObjectActor::enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) {
  caf::event_based_actor::enqueue(std::move(element), home_);
}

caf::behavior ObjectActor::make_behavior() {
  return {[this](Delivery& delivery) {
    if (delivery.call) {
      object_.deliver(std::move(delivery.call));
    } else {
      object_.resume(std::move(delivery.resumption));
    }
  }};
}

}  // namespace stead
