#include "gateway/asset_path.h"

#include <array>

#include "base/bytes.h"
#include "runtime/url.h"

namespace stead {

namespace {

constexpr std::size_t most_bytes = 1'024;

bool is_allowed(std::string_view part) {
  if (part.empty() || (part.front() == '.' && part != ".well-known")) return false;
  for (const char c : part) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\' || c == '/') return false;
  }
  return true;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~/!$&'()*+,=:@").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> asset_name(std::string_view path) {
  if (!path.starts_with('/') || path.size() > most_bytes) return std::nullopt;
  path.remove_prefix(1);
  std::string name;
  while (!path.empty()) {
    const auto slash = path.find('/');
    // Each part by itself, so that an escaped slash is seen.
    const auto part = percent_decode(path.substr(0, slash));
    if (!part || !is_allowed(*part)) return std::nullopt;
    name += *part;
    if (slash == path.npos) break;
    name += '/';
    path.remove_prefix(slash + 1);
  }
  return name;
}

std::string asset_url(std::string_view name) {
  std::string url = "/";
  for (const char c : name) {
    if (is_plain(c)) {
      url += c;
    } else {
      url += "%" + to_hex(std::array{static_cast<std::uint8_t>(c)});
    }
  }
  return url;
}

}  // namespace stead
