#include "cli/project/dev_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include "base/error.h"

namespace stead {

namespace {

union Address {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

std::optional<Address> parse(const std::string& ip, std::uint16_t port) {
  Address address{};
  if (inet_pton(AF_INET, ip.c_str(), &address.v4.sin_addr) == 1) {
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(port);
    return address;
  }
  if (inet_pton(AF_INET6, ip.c_str(), &address.v6.sin6_addr) == 1) {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons(port);
    return address;
  }
  return std::nullopt;
}

socklen_t size_of(const Address& address) {
  return address.any.sa_family == AF_INET ? sizeof address.v4 : sizeof address.v6;
}

/// A socket, or -1 with the reason in `errno`.
int listen_on(const Address& address) {
  const int socket = ::socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket, &address.any, size_of(address)) == 0 && ::listen(socket, SOMAXCONN) == 0) {
    return socket;
  }
  const int reason = errno;
  ::close(socket);
  errno = reason;
  return -1;
}

std::uint16_t port_of(int socket) {
  Address address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, &address.any, &size) != 0) return 0;
  return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
}

}  // namespace

DevSockets::DevSockets(const std::string& ip, std::uint16_t port) {
  const bool both = ip.empty() || ip == "localhost";
  ip_ = both ? "127.0.0.1" : ip == "*" ? "0.0.0.0" : ip;
  const auto address = parse(ip_, port);
  if (!address) {
    throw Error(ErrorCode::type, "--ip: \"" + ip + "\" is no address, as 127.0.0.1 or ::1");
  }
  const int socket = listen_on(*address);
  if (socket < 0) {
    throw Error(ErrorCode::internal, "cannot listen on " + ip_ + ":" + std::to_string(port) + ": " +
                                         std::generic_category().message(errno) +
                                         "; stop the other program or choose another with --port");
  }
  descriptors_.push_back(socket);
  port_ = port_of(socket);
  if (!both) return;
  // "localhost" may mean this one; it is no matter if it is not there, or taken.
  const int other = listen_on(*parse("::1", port_));
  if (other >= 0) descriptors_.push_back(other);
}

DevSockets::~DevSockets() {
  for (const int socket : descriptors_) ::close(socket);
}

std::string DevSockets::inherited() const {
  std::string text;
  for (const int socket : descriptors_) {
    text += (text.empty() ? "fd:" : ",") + std::to_string(socket);
  }
  return text;
}

std::string DevSockets::address() const {
  const bool v6 = ip_.find(':') != std::string::npos;
  return (v6 ? "[" + ip_ + "]" : ip_) + ":" + std::to_string(port_);
}

}  // namespace stead
