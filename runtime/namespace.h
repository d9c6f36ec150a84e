#pragma once

#include <string>
#include <string_view>

#include "runtime/id.h"
#include "runtime/stub.h"

namespace stead {

struct Class;
class Instance;

/// All objects of one class, as another object sees them. Making an id or a stub touches nothing:
/// an object comes into being by being called.
///
/// Thread: the turn of the object that made it. Lifetime: that instance's. A plain value.
template <class T = DurableObject>
class Namespace {
 public:
  Namespace(Instance& caller, const Class& of) : caller_(&caller), class_(&of) {}

  /// The same name gives the same id, forever.
  Id id_from_name(std::string name) const;
  Id new_unique_id() const;
  /// Throws `TypeError` if the text is not 64 hexadecimal digits, or an id of another namespace.
  Id id_from_string(std::string_view text) const;

  /// Throws `TypeError` if the id is of another namespace.
  Stub<T> get(const Id& id) const;
  Stub<T> get_by_name(std::string name) const { return get(id_from_name(std::move(name))); }

 private:
  Instance* caller_;
  const Class* class_;
};

namespace internal {

Id id_from_name(const Class& of, std::string name);
Id new_unique_id(Instance& caller, const Class& of);
Id id_from_string(const Class& of, std::string_view text);
ObjectAddress address_of(const Class& of, const Id& id);

}  // namespace internal

template <class T>
Id Namespace<T>::id_from_name(std::string name) const {
  return internal::id_from_name(*class_, std::move(name));
}

template <class T>
Id Namespace<T>::new_unique_id() const {
  return internal::new_unique_id(*caller_, *class_);
}

template <class T>
Id Namespace<T>::id_from_string(std::string_view text) const {
  return internal::id_from_string(*class_, text);
}

template <class T>
Stub<T> Namespace<T>::get(const Id& id) const {
  return Stub<T>(*caller_, internal::address_of(*class_, id));
}

}  // namespace stead
