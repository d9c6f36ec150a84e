#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace stead {

class App;
class Node;

/// The HTTP/1.1 listener of a node. Each shard accepts connections of its own (`SO_REUSEPORT`) and
/// serves them on its loop. With "fd:3" all accept from that one socket, which the program was
/// started with, so that whoever started it can keep the port over a restart.
///
/// Thread: construct, start and stop from one thread. Owner: the program; the node outlives it.
/// Fails: the constructor throws `Error` (a route that names no class, an address that is in use).
class Server final {
 public:
  Server(const App& app, Node& node);
  ~Server();

  /// Accepts from now on.
  void start();
  /// The port listened on: tells which, where the configuration said 0.
  std::uint16_t port() const;
  /// The address and port listened on, as "127.0.0.1:8787" or "[::]:8787".
  std::string address() const;
  /// Stops accepting, closes idle connections, lets requests in progress finish until the deadline,
  /// then cuts what is left. Requires that the node still runs.
  void stop(std::chrono::milliseconds deadline);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace stead
