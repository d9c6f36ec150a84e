#include "cli/serve.h"

#include <cstdio>
#include <exception>
#include <variant>

#include "cli/command_line.h"
#include "cli/journal_command.h"
#include "cli/object_command.h"
#include "cli/program.h"
#include "cli/serve_command.h"
#include "cli/text.h"

namespace stead {

namespace {

using Command = CommandLine::Command;

/// `serve` is the project's if there is one, or one was asked for.
bool is_for_project(const CommandLine& line, const ProjectCommands* projects) {
  if (!projects) return false;
  if (line.command == Command::dev || line.command == Command::manage) return true;
  return line.command == Command::serve &&
         (!line.project.folder.empty() || projects->is_project("."));
}

int run(const App& app, CommandLine line, const ProjectCommands* projects) {
  if (line.command == Command::version) {
    std::puts("stead " STEAD_VERSION);
    return 0;
  }
  line.config.environment = stead_environment();
  if (is_for_project(line, projects)) return projects->run(line);
  const auto config = load_config(line.config);
  if (!config) {
    print_error(config.error().what());
    return 1;
  }
  if (line.command == Command::serve) return run_serve(app, config.value());
  if (is_journal_command(line)) return run_journal(line, config.value());
  return run_object(line, config.value());
}

}  // namespace

int serve(const App& app, int argc, char** argv) { return run_program(app, argc, argv, nullptr); }

int run_program(const App& app, int argc, char** argv, const ProjectCommands* projects) {
  try {
    auto parsed = parse_command_line(argc, argv, projects ? Projects::yes : Projects::no);
    if (const auto* status = std::get_if<int>(&parsed)) return *status;
    return run(app, std::move(std::get<CommandLine>(parsed)), projects);
  } catch (const std::exception& error) {
    print_error(error.what());
    return 1;
  }
}

}  // namespace stead
