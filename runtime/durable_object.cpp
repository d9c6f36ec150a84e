#include "runtime/durable_object.h"

#include "runtime/instance.h"

namespace stead {

Task<Response> DurableObject::fetch(Request request) {
  return Response::text("This object does not answer " + request.method + ".\n", 404);
}

const std::string& DurableObject::name() const {
  if (!id().name()) {
    throw TypeError("this object has no name: it was reached by an id, or its name is too long");
  }
  return *id().name();
}

const Class& DurableObject::class_of(std::type_index type) {
  if (const auto* found = state_.instance().host().classes().find(type)) return *found;
  throw Error(ErrorCode::unknown_class,
              "the application has no such class: add it with App::add in main()");
}

const Class& DurableObject::class_of(std::string_view name) {
  if (const auto* found = state_.instance().host().classes().find(name)) return *found;
  throw Error(ErrorCode::unknown_class, "the application has no class \"" + std::string(name) +
                                            "\": add it with App::add in main()");
}

}  // namespace stead
