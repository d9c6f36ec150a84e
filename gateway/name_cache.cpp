#include "gateway/name_cache.h"

#include <functional>

#include "runtime/class_info.h"

namespace stead {

namespace {

constexpr std::size_t set_count = 1'024;
constexpr std::size_t longest_name = 128;

}  // namespace

ObjectId NameCache::id_of(const Class& of, std::string_view name) {
  if (name.size() > longest_name) return of.key.id_from_name(name);
  if (sets_.empty()) sets_.resize(set_count);
  const auto hash = std::hash<std::string_view>()(name) ^ std::hash<const void*>()(&of);
  auto& set = sets_[hash % set_count];
  for (const auto& entry : set.entries) {
    if (entry.of == &of && entry.name == name) return entry.id;
  }
  auto& entry = set.entries[set.next++ % set.entries.size()];
  entry = {&of, std::string(name), of.key.id_from_name(name)};
  return entry.id;
}

}  // namespace stead
