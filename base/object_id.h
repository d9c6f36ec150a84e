#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stead {

/// The 256 bits that identify an object: 16 bytes that choose it and 16 that prove that the id was
/// made for its namespace (see `runtime/namespace_key.h`). A plain value; says nothing of a name.
struct ObjectId {
  std::array<std::uint8_t, 32> bytes{};

  /// 64 lower-case hexadecimal digits.
  std::string to_string() const;
  /// Accepts exactly 64 hexadecimal digits of either case; does not check whom the id belongs to.
  static std::optional<ObjectId> parse(std::string_view text);

  auto operator<=>(const ObjectId&) const = default;
};

}  // namespace stead

/// Ids are uniformly distributed by construction, so their first bytes are the hash.
template <>
struct std::hash<stead::ObjectId> {
  std::size_t operator()(const stead::ObjectId& id) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, id.bytes.data(), sizeof value);
    return value;
  }
};
