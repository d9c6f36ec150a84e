#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/environment.h"
#include "base/error.h"
#include "runtime/app.h"
#include "runtime/call.h"
#include "runtime/class_info.h"
#include "runtime/config.h"
#include "runtime/host.h"

namespace boost::asio {
class io_context;
}

namespace stead {

class Directory;

/// Where log lines go. Thread: any.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(LogLevel level, std::string_view text) = 0;
};

/// Everything of one running program below the network: the data directory and its lock, the
/// journal, the directory of objects, and the shards with the live objects on them.
///
/// A shard is one thread with one event loop; each object lives on the shard that its id hashes to.
/// Objects of classes that may block have shards of their own.
/// Whoever serves a network runs its connections on the same loops, so that a request whose
/// connection is on its object's shard crosses no thread.
///
/// Thread: construct, start and stop from one thread; the accessors from any. Owner: the program.
/// Fails: the constructor throws `Error` with what to do (data directory missing, in use, …).
class Node final {
 public:
  /// `app` and `log` must outlive the node.
  Node(const App& app, Config config, Environment environment, LogSink& log);
  ~Node();

  /// Starts the shards' threads.
  void start();
  /// Lets running calls end until `deadline`, refuses new ones, ends what is left, writes every
  /// object out and joins the threads. Idempotent.
  void stop(std::chrono::milliseconds deadline);

  const Config& config() const;
  const Environment& environment() const;
  const ClassTable& classes() const;
  Directory& directory();
  LogSink& log();

  /// Those that serve connections.
  std::size_t shard_count() const;
  /// Whose thread runs the shard: work posted here runs there.
  boost::asio::io_context& loop(std::size_t shard);
  /// The shard as objects see it. `send` may be called from any thread; from the shard's own it is
  /// cheapest.
  Host& host(std::size_t shard);
  /// The workers (`App::fetch`) for the connections of a shard: its own, or, of an application
  /// whose worker may block, all. Empty if the application has none.
  std::vector<ObjectAddress> workers(std::size_t shard) const;

  /// Objects that are in memory now, over all shards.
  std::size_t live_objects() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace stead
