#include "gateway/server.h"

#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/node.h"
#include "gateway/listen_socket.h"
#include "gateway/listener.h"
#include "runtime/app.h"

namespace stead {

namespace {

/// Closing a connection takes no time; this is for a loop that is busy.
constexpr std::chrono::milliseconds closing_time{5'000};

}  // namespace

struct Server::Parts {
  Parts(const App& app, Node& of) : node(of), router(app, of.classes()) {
    const auto& text = node.config().listen;
    const auto inherited = inherited_sockets(text);
    if (inherited.empty()) endpoint = claim_listen_address(node.loop(0), text);
    for (std::size_t shard = 0; shard < node.shard_count(); ++shard) {
      auto& loop = node.loop(shard);
      // The first one's address is the one that is told.
      for (auto socket = inherited.rbegin(); socket != inherited.rend(); ++socket) {
        add_listener(app, shard, listen_on_inherited(loop, *socket, text));
      }
      if (inherited.empty()) add_listener(app, shard, listen_on(loop, endpoint, text));
    }
  }

  void add_listener(const App& app, std::size_t shard, boost::asio::ip::tcp::acceptor acceptor) {
    endpoint = acceptor.local_endpoint();  // port 0 means the one that the first has got
    listeners.push_back({shard, std::make_shared<Listener>(app, node, shard, router, connections,
                                                           std::move(acceptor))});
  }

  /// Returns when each shard has done it, or is too busy to.
  void on_every_shard(void (Listener::*action)()) {
    const auto pending = std::make_shared<ConnectionCount>();
    for (const auto& [shard, listener] : listeners) {
      pending->add();
      boost::asio::post(node.loop(shard), [listener = listener, action, pending] {
        ((*listener).*action)();
        pending->remove();
      });
    }
    pending->wait_for_none(closing_time);
  }

  Node& node;
  const Router router;
  ConnectionCount connections;
  struct OfShard {
    std::size_t shard;
    std::shared_ptr<Listener> listener;
  };
  std::vector<OfShard> listeners;
  boost::asio::ip::tcp::endpoint endpoint;
  bool running = false;
};

Server::Server(const App& app, Node& node) : parts_(std::make_unique<Parts>(app, node)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

void Server::start() {
  parts_->running = true;
  for (const auto& [shard, listener] : parts_->listeners) {
    boost::asio::post(parts_->node.loop(shard), [listener = listener] { listener->start(); });
  }
}

std::uint16_t Server::port() const { return parts_->endpoint.port(); }

std::string Server::address() const {
  const auto address = parts_->endpoint.address();
  const auto text = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  return text + ":" + std::to_string(port());
}

void Server::stop(std::chrono::milliseconds deadline) {
  if (!std::exchange(parts_->running, false)) return;
  parts_->on_every_shard(&Listener::stop_gently);
  parts_->connections.wait_for_none(deadline);
  parts_->on_every_shard(&Listener::stop);
}

}  // namespace stead
