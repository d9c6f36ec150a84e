#include "test_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace stead::test {

namespace {

constexpr int patience_ms = 5'000;

}  // namespace

Client::Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ADD_FAILURE() << "cannot connect to port " << port;
  }
}

Client::~Client() {
  if (socket_ >= 0) ::close(socket_);
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::receive() {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, patience_ms) <= 0) return false;
  std::array<char, 65536> buffer{};
  const auto count = ::recv(socket_, buffer.data(), buffer.size(), 0);
  reset_ = count < 0 && errno == ECONNRESET;
  if (count <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<Reply> Client::read_reply(bool no_body) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!receive()) return std::nullopt;
  Reply reply;
  reply.head = received_.substr(0, end + 2);
  received_.erase(0, end + 4);
  reply.status = std::stoi(reply.head.substr(9, 3));
  for (std::size_t line = reply.head.find("\r\n") + 2; line < reply.head.size();) {
    const auto next = reply.head.find("\r\n", line);
    const auto colon = reply.head.find(": ", line);
    reply.headers.append(reply.head.substr(line, colon - line),
                         reply.head.substr(colon + 2, next - colon - 2));
    line = next + 2;
  }
  const auto length = reply.headers.get("Content-Length");
  if (!length || no_body) return reply;
  const std::size_t size = std::stoul(std::string(*length));
  while (received_.size() < size)
    if (!receive()) return std::nullopt;
  reply.body = received_.substr(0, size);
  received_.erase(0, size);
  return reply;
}

std::optional<std::string> Client::read_bytes(std::size_t size) {
  while (received_.size() < size)
    if (!receive()) return std::nullopt;
  auto bytes = received_.substr(0, size);
  received_.erase(0, size);
  return bytes;
}

std::optional<std::string> Client::read_chunk() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos)
    if (!receive()) return std::nullopt;
  const auto size = std::stoul(received_.substr(0, end), nullptr, 16);
  received_.erase(0, end + 2);
  auto chunk = read_bytes(size);
  const auto line_end = read_bytes(2);
  if (!line_end) return std::nullopt;
  EXPECT_EQ(line_end, "\r\n");
  return chunk;
}

std::optional<std::string> Client::read_chunks() {
  std::string all;
  for (;;) {
    const auto chunk = read_chunk();
    if (!chunk) return std::nullopt;
    if (chunk->empty()) return all;
    all += *chunk;
  }
}

void Client::finish_sending() { ::shutdown(socket_, SHUT_WR); }

Reply Client::ask(std::string_view request, bool no_body) {
  send(request);
  const auto reply = read_reply(no_body);
  if (!reply) {
    ADD_FAILURE() << "no response to: " << request.substr(0, 200);
    return {};
  }
  return *reply;
}

std::optional<std::string> Client::read_to_end() {
  while (receive()) {
  }
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, 0) <= 0) return std::nullopt;  // not closed, only silent
  return std::exchange(received_, {});
}

bool Client::is_quiet(std::chrono::milliseconds time) {
  pollfd waiting{socket_, POLLIN, 0};
  return received_.empty() && ::poll(&waiting, 1, static_cast<int>(time.count())) == 0;
}

void Client::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(socket_, -1));
}

std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

}  // namespace stead::test
