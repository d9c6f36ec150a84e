#include "runtime/class_info.h"

namespace stead {

const Class* ClassTable::find(std::string_view name) const {
  for (const auto& entry : classes_)
    if (entry->info.name == name) return entry.get();
  return nullptr;
}

const Class* ClassTable::find(std::type_index type) const {
  for (const auto& entry : classes_)
    if (entry->info.type == type) return entry.get();
  return nullptr;
}

}  // namespace stead
