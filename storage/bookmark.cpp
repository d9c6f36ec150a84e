#include "storage/bookmark.h"

#include <array>

#include "base/bytes.h"

namespace stead {

namespace {

/// "0123abcd-0123abcd"
constexpr std::size_t half = 8;

}  // namespace

std::string to_bookmark(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return to_hex(bytes).insert(half, "-");
}

std::optional<std::uint64_t> parse_bookmark(std::string_view text) {
  if (text.size() != 2 * half + 1 || text[half] != '-') return std::nullopt;
  const auto bytes = from_hex(std::string(text).erase(half, 1));
  if (!bytes) return std::nullopt;
  std::uint64_t number = 0;
  for (const auto byte : *bytes) number = number << 8 | byte;
  return number;
}

}  // namespace stead
