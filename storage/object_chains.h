#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/object_id.h"
#include "storage/journal_format.h"

namespace stead {

/// What a journal says of each object: up to which commit its file holds everything, and that none
/// of the commits after that is missing. Given every record, in order.
///
/// Thread: one. Memory: a few words for each object in the journal.
class ObjectChains final {
 public:
  /// Takes the next record. False if the commit that it builds on should have come before and did
  /// not; the object's next one is then expected to build on this. `first_number` is the first
  /// commit that there can be: those before were in segments that are gone.
  bool follow(const journal_format::RecordHeader& record, std::uint64_t first_number);
  /// The file of an object whose record was taken holds everything up to this commit.
  std::uint64_t mark(const ObjectId& object) const { return objects_.at(object).mark; }

 private:
  struct Known {
    std::uint64_t mark = 0;
    std::uint64_t last = 0;
  };
  std::unordered_map<ObjectId, Known> objects_;
};

}  // namespace stead
