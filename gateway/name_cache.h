#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"

namespace stead {

struct Class;

/// Remembers the ids of names used lately: making one costs two HMACs, which would be a tenth of a
/// short request. A name always has the same id, so an entry is never wrong; it is only replaced.
///
/// Bounded: 4,096 names of up to 128 bytes. Thread: one. Owner: a shard's listener.
class NameCache {
 public:
  ObjectId id_of(const Class& of, std::string_view name);

 private:
  struct Entry {
    const Class* of = nullptr;
    std::string name;
    ObjectId id;
  };
  struct Set {
    std::array<Entry, 4> entries{};
    /// The one that a new name replaces: they take turns.
    std::size_t next = 0;
  };

  std::vector<Set> sets_;
};

}  // namespace stead
