#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace stead {

/// Whether an `If-None-Match` names an entity tag (RFC 9110, section 13.1.2): "*", or a list.
/// Weak and strong tags compare alike.
bool names_tag(std::string_view list, std::string_view tag);

/// A part of a body.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};
/// There is no such part.
struct UnsatisfiableRange {};
/// Not understood, or several parts: the whole is a right answer.
struct WholeRange {};

/// Reads a `Range` for a body of `size` bytes (RFC 9110, section 14.1.2).
std::variant<WholeRange, ByteRange, UnsatisfiableRange> parse_range(std::string_view text,
                                                                    std::uint64_t size);

/// How much a client wants a content coding, from 0 (not at all) to 1000; what it does not name
/// is 0, but for `identity`, which then is 1 (RFC 9110, section 12.5.3).
int coding_weight(std::string_view accept_encoding, std::string_view coding);

}  // namespace stead
