#include "cli/project/error_page_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <list>
#include <string>
#include <string_view>
#include <thread>

namespace stead {

namespace {

constexpr timeval patience{.tv_sec = 2, .tv_usec = 0};
constexpr std::size_t most_read = 64 << 10;
constexpr std::size_t most_threads = 64;

constexpr std::string_view page =
    "The project cannot be loaded.\n\n"
    "The terminal where `stead dev` runs shows why. When a file changes it is loaded again.\n";

std::string answer(bool with_body) {
  return "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n"
         "Cache-Control: no-store\r\nConnection: close\r\nContent-Length: " +
         std::to_string(page.size()) + "\r\n\r\n" + std::string(with_body ? page : "");
}

/// Everything of one connection: a request's header, the answer, and what the client still sends.
void serve_one(int socket) {
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  std::string request;
  std::array<char, 4'096> buffer;
  const auto receive = [&] {
    const auto size = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (size > 0) request.append(buffer.data(), static_cast<std::size_t>(size));
    return size > 0 && request.size() < most_read;
  };
  while (request.find("\r\n\r\n") == std::string::npos && receive()) {
  }
  if (!request.empty()) {
    const auto text = answer(!request.starts_with("HEAD "));
    [[maybe_unused]] const auto sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    // Closing at once would reset the connection under a body that is on its way.
    ::shutdown(socket, SHUT_WR);
    while (receive()) {
    }
  }
  ::close(socket);
}

}  // namespace

void serve_error_page(const std::vector<int>& sockets, int stop) {
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<pollfd> polled{{stop, POLLIN, 0}};
  for (const int socket : sockets) polled.push_back({socket, POLLIN, 0});
  std::list<std::thread> threads;
  for (;;) {
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) break;
    if (polled[0].revents != 0) break;
    for (std::size_t i = 1; i < polled.size(); ++i) {
      if (polled[i].revents == 0) continue;
      const int socket = ::accept4(polled[i].fd, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      threads.emplace_back(serve_one, socket);
      if (threads.size() < most_threads) continue;
      threads.front().join();
      threads.pop_front();
    }
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace stead
