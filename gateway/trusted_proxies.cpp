#include "gateway/trusted_proxies.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.h"
#include "runtime/request.h"

namespace stead {

namespace {

constexpr IpAddress v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t v4_at = 12;
constexpr unsigned v4_bits = 96;

bool is_v4(const IpAddress& address) {
  return std::equal(address.begin(), address.begin() + v4_at, v4_prefix.begin());
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<IpAddress> parse_address(std::string_view text) {
  const std::string terminated(text);
  IpAddress address = v4_prefix;
  if (::inet_pton(AF_INET, terminated.c_str(), address.data() + v4_at) == 1) return address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

/// Some proxies add the port: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::optional<IpAddress> parse_forwarded(std::string_view text) {
  if (text.starts_with('[')) return parse_address(text.substr(1, text.find(']') - 1));
  if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
  return parse_address(text);
}

/// Takes the last part of a list off its end.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const auto last = list.substr(comma == std::string_view::npos ? 0 : comma + 1);
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  return trimmed(last);
}

[[noreturn]] void refuse(std::string_view part) {
  throw TypeError("expected \"none\", or addresses and networks as \"127.0.0.1, 10.0.0.0/8\" (\"" +
                  std::string(part) + "\" is neither)");
}

}  // namespace

std::string to_text(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4(address)) {
    ::inet_ntop(AF_INET, address.data() + v4_at, text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  }
  return text.data();
}

TrustedProxies::TrustedProxies(std::string_view list) {
  if (trimmed(list) == "none") return;
  do {
    const auto part = take_last(list);
    const auto slash = part.find('/');
    const auto address = parse_address(part.substr(0, slash));
    if (!address) refuse(part);
    const unsigned outer = is_v4(*address) ? v4_bits : 0;
    unsigned bits = 128;
    if (slash != std::string_view::npos) {
      const auto digits = part.substr(slash + 1);
      const auto* const end = digits.data() + digits.size();
      const auto parsed = std::from_chars(digits.data(), end, bits);
      if (parsed.ec != std::errc() || parsed.ptr != end || bits > 128 - outer) refuse(part);
      bits += outer;
    }
    networks_.push_back({*address, bits});
  } while (!list.empty());
}

bool TrustedProxies::include(const IpAddress& peer) const {
  return std::ranges::any_of(networks_, [&](const Network& network) {
    const auto whole = network.bits / 8;
    if (!std::equal(peer.begin(), peer.begin() + whole, network.address.begin())) return false;
    const auto rest = network.bits % 8;
    if (rest == 0) return true;
    const auto differing = static_cast<unsigned>(peer[whole] ^ network.address[whole]);
    return differing >> (8 - rest) == 0;
  });
}

void TrustedProxies::name_client(Request& request) const {
  std::optional<IpAddress> client;
  auto fields = request.headers.get_all("X-Forwarded-For");
  while (!fields.empty() && (!client || include(*client))) {
    const auto address = parse_forwarded(take_last(fields.back()));
    if (!address) break;
    client = address;
    if (fields.back().empty()) fields.pop_back();
  }
  if (client) request.client_address = to_text(*client);
  auto protocols = request.headers.get_all("X-Forwarded-Proto");
  if (protocols.empty()) return;
  const auto spoken = take_last(protocols.back());
  if (equal_ignoring_case(spoken, "https")) request.scheme = "https";
}

}  // namespace stead
