#include "gateway/server.h"

#include <boost/asio/post.hpp>
#include <memory>
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
    auto endpoint = claim_listen_address(node.loop(0), text);
    for (std::size_t shard = 0; shard < node.shard_count(); ++shard) {
      auto acceptor = listen_on(node.loop(shard), endpoint, text);
      endpoint = acceptor.local_endpoint();  // port 0 means the one that the first has got
      listeners.push_back(
          std::make_shared<Listener>(app, node, shard, router, connections, std::move(acceptor)));
    }
    port = endpoint.port();
  }

  /// Returns when each shard has done it, or is too busy to.
  void on_every_shard(void (Listener::*action)()) {
    const auto pending = std::make_shared<ConnectionCount>();
    for (std::size_t shard = 0; shard < listeners.size(); ++shard) {
      pending->add();
      boost::asio::post(node.loop(shard), [listener = listeners[shard], action, pending] {
        ((*listener).*action)();
        pending->remove();
      });
    }
    pending->wait_for_none(closing_time);
  }

  Node& node;
  const Router router;
  ConnectionCount connections;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::uint16_t port = 0;
  bool running = false;
};

Server::Server(const App& app, Node& node) : parts_(std::make_unique<Parts>(app, node)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

void Server::start() {
  parts_->running = true;
  for (std::size_t shard = 0; shard < parts_->listeners.size(); ++shard) {
    boost::asio::post(parts_->node.loop(shard),
                      [listener = parts_->listeners[shard]] { listener->start(); });
  }
}

std::uint16_t Server::port() const { return parts_->port; }

void Server::stop(std::chrono::milliseconds deadline) {
  if (!std::exchange(parts_->running, false)) return;
  parts_->on_every_shard(&Listener::stop_gently);
  parts_->connections.wait_for_none(deadline);
  parts_->on_every_shard(&Listener::stop);
}

}  // namespace stead
