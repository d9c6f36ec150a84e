#include "runtime/namespace.h"

#include "runtime/instance.h"

namespace stead::internal {

Id id_from_name(const Class& of, std::string name) {
  const ObjectId id = of.key.id_from_name(name);
  return Id(id, std::move(name));
}

Id new_unique_id(Instance& caller, const Class& of) {
  return Id(of.key.new_unique_id(caller.host().environment().random));
}

Id id_from_string(const Class& of, std::string_view text) {
  return Id(of.key.id_from_string(text).take_or_raise());
}

ObjectAddress address_of(const Class& of, const Id& id) {
  if (!of.key.owns(id.value())) {
    throw TypeError("the id " + id.to_string() + " is not one of class " + of.info.name);
  }
  return {&of, id.value(), id.name()};
}

}  // namespace stead::internal
