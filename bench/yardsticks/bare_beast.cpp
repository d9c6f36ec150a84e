// The yardstick of bench/http: what plain Boost.Beast serves without actors and without storage.
//
//     bare_beast PORT THREADS
//
// Each thread has a loop and a listening socket of its own. It answers
// `POST /memory/{name}/increment` with the name's new count as text, and 404 to everything else.
// It has no timeouts and no limits, so it does less than any server that one would run.

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace stead {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// Naming the executor's type saves Asio's type-erased one.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
using boost::system::error_code;

/// A count for each name. Thread: any.
class Counters {
 public:
  std::uint64_t increment(std::string_view name) {
    auto& part = parts_[std::hash<std::string_view>{}(name) % parts_.size()];
    const std::lock_guard lock(part.mutex);
    const auto found = part.counts.find(name);
    if (found != part.counts.end()) return ++found->second;
    return part.counts.emplace(name, 1).first->second;
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct alignas(64) Part {
    std::mutex mutex;
    std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>> counts;
  };
  std::array<Part, 64> parts_;
};

/// The name in "/memory/{name}/increment".
std::optional<std::string_view> counter_name(std::string_view target) {
  constexpr std::string_view prefix = "/memory/";
  constexpr std::string_view suffix = "/increment";
  if (!target.starts_with(prefix) || !target.ends_with(suffix)) return std::nullopt;
  if (target.size() <= prefix.size() + suffix.size()) return std::nullopt;
  return target.substr(prefix.size(), target.size() - prefix.size() - suffix.size());
}

/// One connection. Thread: its loop's. Owner: its pending operation.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Socket socket, Counters& counters) : socket_(std::move(socket)), counters_(counters) {}

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = shared_from_this()](error_code error, auto) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    const auto target = request_.target();
    const auto name = counter_name({target.data(), target.size()});
    response_ = {};
    response_.version(request_.version());
    response_.keep_alive(request_.keep_alive());
    response_.set(http::field::content_type, "text/plain;charset=UTF-8");
    if (name && request_.method() == http::verb::post) {
      response_.body() = std::to_string(counters_.increment(*name));
    } else {
      response_.result(http::status::not_found);
      response_.body() = "not found";
    }
    response_.prepare_payload();
    http::async_write(socket_, response_, [self = shared_from_this()](error_code error, auto) {
      if (error) return;
      if (self->response_.keep_alive()) return self->read();
      self->socket_.shutdown(Socket::shutdown_send, error);
    });
  }

  Socket socket_;
  Counters& counters_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

/// One thread's loop and listening socket.
class Loop {
 public:
  Loop(std::uint16_t port, Counters& counters) : acceptor_(context_), counters_(counters) {
    const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), port);
    acceptor_.open(address.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.set_option(ReusePort(true));
    acceptor_.bind(address);
    acceptor_.listen();
    accept();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void run() { context_.run(); }

 private:
  void accept() {
    acceptor_.async_accept([this](error_code error, Socket socket) {
      if (!error) {
        socket.set_option(asio::ip::tcp::no_delay(true), error);
        std::make_shared<Session>(std::move(socket), counters_)->read();
      }
      accept();
    });
  }

  asio::io_context context_{1};
  Acceptor acceptor_;
  Counters& counters_;
};

int serve(std::uint16_t port, int threads) {
  Counters counters;
  std::vector<std::unique_ptr<Loop>> loops;
  for (int i = 0; i < threads; ++i) {
    loops.push_back(std::make_unique<Loop>(loops.empty() ? port : loops[0]->port(), counters));
  }
  std::printf("listening on 127.0.0.1:%u\n", loops[0]->port());
  std::fflush(stdout);
  std::vector<std::jthread> running;
  for (auto& loop : loops) running.emplace_back([&loop] { loop->run(); });
  return 0;
}

}  // namespace
}  // namespace stead

int main(int argc, char** argv) {
  const int port = argc == 3 ? std::atoi(argv[1]) : -1;
  const int threads = argc == 3 ? std::atoi(argv[2]) : 0;
  if (port < 0 || port > 65535 || threads < 1 || threads > 256) {
    std::fprintf(stderr, "usage: bare_beast PORT THREADS   (port 0: any that is free)\n");
    return 2;
  }
  try {
    return stead::serve(static_cast<std::uint16_t>(port), threads);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bare_beast: %s\n", error.what());
    return 1;
  }
}
