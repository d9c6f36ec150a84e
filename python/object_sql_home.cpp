#include "python/object_sql_home.h"

#include "python/python_object.h"
#include "storage/object_store.h"

namespace stead {

namespace {

PythonObject& owner_in_turn(const PythonObjectHandle& handle) {
  auto* current = PythonObject::current();
  if (handle.object && current == handle.object) return *current;
  throw StorageError("this connection belongs to the object " + handle.class_name + "(" +
                     handle.name.value_or(handle.id) +
                     ") and can be used only while that handles an event");
}

}  // namespace

Database& ObjectSqlHome::database() { return owner_in_turn(*handle_).store().database(); }

void ObjectSqlHome::flush() { owner_in_turn(*handle_).flush(); }

}  // namespace stead
