#include "base/object_id.h"

#include <algorithm>

#include "base/bytes.h"

namespace stead {

std::string ObjectId::to_string() const { return to_hex(bytes); }

std::optional<ObjectId> ObjectId::parse(std::string_view text) {
  ObjectId id;
  if (text.size() != id.bytes.size() * 2) return std::nullopt;
  const auto bytes = from_hex(text);
  if (!bytes) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), id.bytes.begin());
  return id;
}

}  // namespace stead
