#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/environment.h"
#include "base/object_id.h"
#include "base/result.h"

namespace stead {

/// Makes and checks the ids of one namespace (one class of objects) from its secret:
///
///     key  = SHA-256(secret)
///     base = HMAC-SHA-256(key, name)[0..16)    for a name
///     base = 16 random bytes                   for a unique id
///     id   = base || HMAC-SHA-256(key, base)[0..16)
///
/// so a forged or foreign id is refused without a lookup, and a name gives the same id forever.
/// Whoever learns the secret can forge ids; whoever loses it has lost the way to all objects.
///
/// Thread: any (immutable).
class NamespaceKey {
 public:
  explicit NamespaceKey(std::span<const std::uint8_t> secret);

  ObjectId id_from_name(std::string_view name) const;
  ObjectId new_unique_id(Random& random) const;
  /// Fails with `ErrorCode::type` if the text is not 64 hexadecimal digits, or if the id was not
  /// made for this namespace.
  Result<ObjectId> id_from_string(std::string_view text) const;
  bool owns(const ObjectId& id) const;

 private:
  std::array<std::uint8_t, 32> key_;
};

}  // namespace stead
