#include "gateway/utf8.h"

#include <cstddef>
#include <cstdint>

namespace stead {

namespace {

struct Form {
  std::size_t length;
  std::uint32_t bits;
  std::uint32_t smallest;
};

/// What a first byte announces; length 0 if it is none.
Form form_of(unsigned char first) {
  if (first < 0x80) return {1, first, 0};
  if (first < 0xC2) return {0, 0, 0};
  if (first < 0xE0) return {2, first & 0x1Fu, 0x80};
  if (first < 0xF0) return {3, first & 0x0Fu, 0x800};
  if (first < 0xF5) return {4, first & 0x07u, 0x10000};
  return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto [length, code, smallest] = form_of(static_cast<unsigned char>(text[i]));
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xC0u) != 0x80u) return false;
      code = code << 6 | (byte & 0x3Fu);
    }
    if (code < smallest || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    i += length;
  }
  return true;
}

}  // namespace stead
