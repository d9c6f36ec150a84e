#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "gateway/gateway_shard.h"

namespace stead {

/// Accepts the connections of one shard and looks after their deadlines.
///
/// Thread: the shard's, once started; constructed and destroyed anywhere while it does not run.
/// Lifetime: `shared_ptr`, because a loop may hold its last handlers longer than the server lives;
/// those touch nothing else.
class Listener final : public std::enable_shared_from_this<Listener> {
 public:
  using Acceptor = boost::asio::ip::tcp::acceptor;

  /// `acceptor` listens already, on the shard's loop.
  Listener(const App& app, Node& node, std::size_t shard, const Router& router,
           ConnectionCount& connections, Acceptor acceptor);

  void start();
  /// Stops accepting, closes idle connections, and the others after their response.
  void stop_gently();
  /// Closes what is left.
  void stop();

 private:
  void accept();
  void on_accept(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket);
  void add(boost::asio::ip::tcp::socket socket);
  /// Runs only while there are connections.
  void schedule_sweep();
  void sweep();

  GatewayShard shard_;
  Acceptor acceptor_;
  boost::asio::steady_timer sweep_timer_;
  boost::asio::steady_timer pause_;
  std::chrono::milliseconds sweep_interval_;
  bool sweeping_ = false;
  bool told_of_pause_ = false;
  bool stopped_ = false;
};

}  // namespace stead
