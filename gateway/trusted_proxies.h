#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stead {

struct Request;

/// An IPv6 address, or an IPv4 address mapped into one (RFC 4291, 2.5.5.2).
using IpAddress = std::array<std::uint8_t, 16>;

/// Such as "192.0.2.1" or "2001:db8::1".
std::string to_text(const IpAddress& address);

/// The peers that are proxies of ours, whose word counts for who the client is: those in front of
/// this server add to `X-Forwarded-For` whom they speak for, and set `X-Forwarded-Proto`. Nobody
/// else may, since anybody can send such a header.
///
/// Thread: any (immutable).
class TrustedProxies {
 public:
  /// "none", or addresses and networks: "127.0.0.1, 10.0.0.0/8, fd00::/8". Throws `TypeError`.
  explicit TrustedProxies(std::string_view list);

  bool include(const IpAddress& peer) const;
  /// Sets what a trusted peer says of the client. The last address that is no proxy of ours is it.
  void name_client(Request& request) const;

 private:
  struct Network {
    IpAddress address;
    unsigned bits;
  };
  std::vector<Network> networks_;
};

}  // namespace stead
