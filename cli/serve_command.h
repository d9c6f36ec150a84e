#pragma once

#include <functional>
#include <string>

#include "runtime/config.h"

namespace stead {

class App;
class LogSink;
class Node;
class Server;

/// Serves until SIGTERM or SIGINT; gives the exit status.
int run_serve(const App& app, const Config& config);

/// What goes on around a server.
struct ServeEvents {
  /// It takes requests.
  std::function<void(const Node&, const Server&)> ready;
  /// Returns when it is to stop, and says why, for the log, or nothing.
  std::function<std::string()> wait_for_stop;
};

/// Serves from `ready` until `wait_for_stop` returns; gives the exit status. SIGPIPE is ignored.
int serve_app(const App& app, const Config& config, LogSink& log, const ServeEvents& events);

}  // namespace stead
