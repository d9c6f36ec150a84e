#include "cli/serve.h"

#include <cstdio>
#include <exception>
#include <variant>

#include "cli/command_line.h"
#include "cli/journal_command.h"
#include "cli/object_command.h"
#include "cli/serve_command.h"
#include "cli/text.h"

namespace stead {

namespace {

int run(const App& app, CommandLine line) {
  if (line.command == CommandLine::Command::version) {
    std::puts("stead " STEAD_VERSION);
    return 0;
  }
  line.config.environment = stead_environment();
  const auto config = load_config(line.config);
  if (!config) {
    print_error(config.error().what());
    return 1;
  }
  if (line.command == CommandLine::Command::serve) return run_serve(app, config.value());
  if (is_journal_command(line)) return run_journal(line, config.value());
  return run_object(line, config.value());
}

}  // namespace

int serve(const App& app, int argc, char** argv) {
  try {
    auto parsed = parse_command_line(argc, argv);
    if (const auto* status = std::get_if<int>(&parsed)) return *status;
    return run(app, std::move(std::get<CommandLine>(parsed)));
  } catch (const std::exception& error) {
    print_error(error.what());
    return 1;
  }
}

}  // namespace stead
