#include "cli/serve_command.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>

#include "actors/node.h"
#include "cli/log.h"
#include "cli/stop_signals.h"
#include "cli/text.h"
#include "gateway/server.h"
#include "runtime/app.h"

namespace stead {

namespace {

/// "0.0.0.0:8787" with the port that was taken; of an inherited socket, what it is bound to.
std::string address(const std::string& listen, const Server& server) {
  if (listen.starts_with("fd:")) return server.address();
  return listen.substr(0, listen.rfind(':')) + ":" + std::to_string(server.port());
}

void print_ready(const Config& config, const Node& node, const Server& server) {
  std::error_code ignored;
  const auto data = std::filesystem::absolute(config.data, ignored).lexically_normal();
  const auto shards = node.shard_count();
  std::printf("stead: listening on http://%s, data in %s, %zu shard%s\n",
              address(config.listen, server).c_str(), data.c_str(), shards, shards == 1 ? "" : "s");
  std::fflush(stdout);
}

void warn_of_crowd(const Config& config, const Server& server, LogSink& log) {
  const auto listen = address(config.listen, server);
  if (listen.starts_with("127.") || listen.starts_with("localhost:")) return;
  log.write(LogLevel::info,
            "listening beyond this machine; who can reach " + listen + " can use the application");
}

/// Both share one deadline.
void stop(Server& server, Node& node, std::chrono::milliseconds timeout) {
  const auto begin = std::chrono::steady_clock::now();
  server.stop(timeout);
  const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  node.stop(std::max(timeout - used, std::chrono::milliseconds(0)));
}

}  // namespace

int serve_app(const App& app, const Config& config, LogSink& log, const ServeEvents& events) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    Node node(app, config, Environment::system(), log);
    Server server(app, node);
    node.start();
    server.start();
    events.ready(node, server);
    const auto reason = events.wait_for_stop();
    if (!reason.empty()) log.write(LogLevel::info, reason);
    stop(server, node, config.stop_timeout);
    return 0;
  } catch (const std::exception& error) {
    print_error(error.what());
    return 1;
  }
}

int run_serve(const App& app, const Config& config) {
  if (app.classes().empty() && app.worker() == nullptr && app.assets() == nullptr) {
    print_error(
        "this program has no classes to serve: build your own with App::add and stead::serve "
        "(see examples/1_counter), then run `your-program serve`");
    return 1;
  }
  StopSignals signals;
  StderrLog log(config.log_level);
  return serve_app(app, config, log,
                   {.ready =
                        [&](const Node& node, const Server& server) {
                          warn_of_crowd(config, server, log);
                          print_ready(config, node, server);
                        },
                    .wait_for_stop =
                        [&] {
                          const std::string name = signals.wait() == SIGINT ? "SIGINT" : "SIGTERM";
                          return name + ": stopping; a second one stops at once";
                        }});
}

}  // namespace stead
