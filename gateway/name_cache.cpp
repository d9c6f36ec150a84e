#include "gateway/name_cache.h"

#include <functional>
#include <utility>

#include "runtime/class_info.h"

namespace stead {

namespace {

constexpr std::size_t set_count = 2'048;
constexpr std::size_t longest_name = 128;

}  // namespace

ObjectId NameCache::id_of(const Class& of, std::string_view name) {
  if (name.size() > longest_name) return of.key.id_from_name(name);
  if (sets_.empty()) sets_.resize(set_count);
  const auto hash = std::hash<std::string_view>()(name) ^ std::hash<const void*>()(&of);
  auto& [newer, older] = sets_[hash % set_count];
  const auto holds = [&](const Entry& entry) { return entry.of == &of && entry.name == name; };
  if (holds(newer)) return newer.id;
  std::swap(newer, older);
  if (!holds(newer)) newer = {&of, std::string(name), of.key.id_from_name(name)};
  return newer.id;
}

}  // namespace stead
