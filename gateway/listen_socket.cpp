#include "gateway/listen_socket.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <charconv>

#include "base/error.h"

namespace stead {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

[[noreturn]] void cannot_listen(const std::string& text, const error_code& error) {
  std::string reason = error.message();
  std::string advice = "choose another address with --listen";
  if (error == asio::error::address_in_use) {
    reason = "address already in use";
    advice = "stop the other program or choose another address with --listen";
  } else if (error == asio::error::access_denied) {
    advice = "ports below 1024 need privileges; choose another one with --listen";
  }
  throw Error(ErrorCode::internal, "cannot listen on " + text + ": " + reason + "; " + advice);
}

/// Binds without listening. Gives the first error.
error_code bind(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, bool shared) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (error) return error;
  acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (error) return error;
  if (shared) acceptor.set_option(reuse_port(true), error);
  if (error) return error;
  if (endpoint.address() == asio::ip::address_v6::any()) {
    acceptor.set_option(asio::ip::v6_only(false), error);
    if (error) return error;
  }
  acceptor.bind(endpoint, error);
  return error;
}

tcp::endpoint resolve(asio::io_context& loop, const std::string& host, std::uint16_t port,
                      const std::string& text) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) return {address, port};
  tcp::resolver resolver(loop);
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
  if (error) cannot_listen(text, error);
  for (const auto& entry : found)
    if (entry.endpoint().protocol() == tcp::v4()) return entry.endpoint();
  return found.begin()->endpoint();
}

}  // namespace

std::pair<std::string, std::uint16_t> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto fail = [&] {
    throw Error(ErrorCode::type, "\"" + std::string(text) +
                                     "\" is no address to listen on: write \"127.0.0.1:8787\", "
                                     "\"[::1]:8787\" or \":8787\" for every address");
  };
  if (colon == std::string_view::npos) fail();
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    fail();
  }
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) fail();
  return {std::string(host), port};
}

tcp::endpoint claim_listen_address(asio::io_context& loop, const std::string& text) {
  const auto [host, port] = parse_listen_address(text);
  auto endpoint = tcp::endpoint(asio::ip::address_v6::any(), port);
  if (!host.empty()) endpoint = resolve(loop, host, port, text);
  tcp::acceptor probe(loop);
  auto error = bind(probe, endpoint, false);
  if (error && host.empty() && error != asio::error::address_in_use) {  // a machine without IPv6
    endpoint = tcp::endpoint(asio::ip::address_v4::any(), port);
    probe = tcp::acceptor(loop);
    error = bind(probe, endpoint, false);
  }
  if (error) cannot_listen(text, error);
  return endpoint;
}

tcp::acceptor listen_on(asio::io_context& loop, const tcp::endpoint& endpoint,
                        const std::string& text) {
  tcp::acceptor acceptor(loop);
  if (const auto error = bind(acceptor, endpoint, true)) cannot_listen(text, error);
  error_code error;
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) cannot_listen(text, error);
  return acceptor;
}

std::vector<int> inherited_sockets(std::string_view text) {
  std::vector<int> numbers;
  if (!text.starts_with("fd:")) return numbers;
  const char* next = text.data() + 3;
  const char* const end = text.data() + text.size();
  for (;; ++next) {
    int number = -1;
    const auto read = std::from_chars(next, end, number);
    if (read.ec != std::errc() || number < 0) break;
    numbers.push_back(number);
    next = read.ptr;
    if (next == end) return numbers;
    if (*next != ',') break;
  }
  throw Error(ErrorCode::type, "\"" + std::string(text) +
                                   "\" is no inherited socket: write fd: and its number, as "
                                   "\"fd:3\"");
}

tcp::acceptor listen_on_inherited(asio::io_context& loop, int socket, const std::string& text) {
  const auto fail = [&] {
    cannot_listen(text, error_code(errno, boost::system::system_category()));
  };
  const auto option = [&](int name) {
    int value = 0;
    socklen_t size = sizeof value;
    if (::getsockopt(socket, SOL_SOCKET, name, &value, &size) != 0) fail();
    return value;
  };
  const int domain = option(SO_DOMAIN);
  if ((domain != AF_INET && domain != AF_INET6) || option(SO_TYPE) != SOCK_STREAM) {
    throw Error(ErrorCode::internal, "cannot listen on " + text + ": it is no TCP socket");
  }
  // Programs that this one starts must not hold the port.
  if (::fcntl(socket, F_SETFD, FD_CLOEXEC) != 0) fail();
  if (::listen(socket, asio::socket_base::max_listen_connections) != 0) fail();
  const int copy = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) fail();
  return {loop, domain == AF_INET ? tcp::v4() : tcp::v6(), copy};
}

}  // namespace stead
