#include "cli/serve_command.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>

#include "actors/node.h"
#include "cli/log.h"
#include "cli/text.h"
#include "gateway/server.h"
#include "runtime/app.h"

namespace stead {

namespace {

extern "C" void stop_at_once(int) {
  constexpr char message[] = "stead: second signal, stopping at once\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, message, sizeof message - 1);
  _exit(1);
}

/// The signals that stop. Blocked from construction on, in this thread and those it starts.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    // A client that went away is an error of its write, no more.
    std::signal(SIGPIPE, SIG_IGN);
  }

  int wait() {
    int signal = 0;
    while (sigwait(&set_, &signal) != 0) {
    }
    // The next one does not wait for what the first began.
    std::signal(SIGTERM, stop_at_once);
    std::signal(SIGINT, stop_at_once);
    pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
    return signal;
  }

 private:
  sigset_t set_{};
};

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
              address(config.listen, server).c_str(), data.c_str(), shards,
              shards == 1 ? "" : "s");
  std::fflush(stdout);
}

void warn_of_crowd(const Config& config, const Server& server, LogSink& log) {
  const auto listen = address(config.listen, server);
  if (listen.starts_with("127.") || listen.starts_with("localhost:")) return;
  log.write(LogLevel::info, "listening beyond this machine; who can reach " + listen +
                                " can use the application");
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

int run_serve(const App& app, const Config& config) {
  if (app.classes().empty() && app.worker() == nullptr) {
    print_error(
        "this program has no classes to serve: build your own with App::add and stead::serve "
        "(see examples/1_counter), then run `your-program serve`");
    return 1;
  }
  StopSignals signals;
  StderrLog log(config.log_level);
  try {
    Node node(app, config, Environment::system(), log);
    Server server(app, node);
    node.start();
    server.start();
    warn_of_crowd(config, server, log);
    print_ready(config, node, server);
    const int signal = signals.wait();
    log.write(LogLevel::info, std::string(signal == SIGINT ? "SIGINT" : "SIGTERM") +
                                  ": stopping; a second one stops at once");
    stop(server, node, config.stop_timeout);
    return 0;
  } catch (const std::exception& error) {
    print_error(error.what());
    return 1;
  }
}

}  // namespace stead
