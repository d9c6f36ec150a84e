#include "cli/project/dev_child.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "cli/log.h"
#include "cli/project/build_command.h"
#include "cli/project/open_project.h"
#include "cli/project/project_app.h"
#include "cli/project/serve_project.h"
#include "cli/serve_command.h"
#include "cli/text.h"

namespace stead {

namespace {

void tell(const DevPipes& pipes, DevNews news) {
  const auto byte = static_cast<char>(news);
  [[maybe_unused]] const auto written = ::write(pipes.news, &byte, 1);
}

/// Whether an order has come, rather than the end of the parent's interest.
bool wait_for_order(const DevPipes& pipes) {
  char order = 0;
  for (;;) {
    const auto size = ::read(pipes.orders, &order, 1);
    if (size >= 0 || errno != EINTR) return size == 1;
  }
}

void warn_of_missing_ways(const ProjectApp& project) {
  if (project.app().worker() || project.app().assets()) return;
  print_error(
      "warning: the project has no worker, so there is nothing that answers requests: write a "
      "class Default(WorkerEntrypoint) with a method fetch, or on_fetch");
}

int run(const CommandLine& line, const DevSockets& sockets, const DevPipes& pipes) {
  auto open = open_project(line, {.dev = true});
  auto& config = open.config;
  config.listen = sockets.inherited();
  config.data = dev_data(open.project, line.project.persist_to);
  print_warnings(open.project);
  const auto python = find_python(open.project, config.python);
  if (!python.warning.empty()) print_error("warning: " + python.warning);
  if (const auto status = run_build(open.project, python); status != 0) {
    print_error("warning: the build command failed with status " + std::to_string(status) + ": " +
                open.project.build->command);
  }
  tell(pipes, DevNews::built);
  clear_build_environment();
  make_room_for(config.data);
  const ProjectApp project(open, python);
  warn_of_missing_ways(project);
  tell(pipes, DevNews::loaded);
  if (!wait_for_order(pipes)) return 0;
  // From here on the end of the process is the parent's affair, who gets the signals too.
  std::signal(SIGTERM, SIG_IGN);
  prepare_classes(open, true);
  StderrLog log(config.log_level);
  return serve_app(project.app(), config, log,
                   {.ready = [&](const Node&, const Server&) { tell(pipes, DevNews::ready); },
                    .wait_for_stop =
                        [&] {
                          while (wait_for_order(pipes)) {
                          }
                          return std::string();
                        }});
}

}  // namespace

int run_dev_child(const CommandLine& line, const DevSockets& sockets, DevPipes pipes) {
  std::signal(SIGINT, SIG_IGN);
  try {
    return run(line, sockets, pipes);
  } catch (const std::exception& error) {
    print_failure(error.what());
    return 1;
  }
}

}  // namespace stead
