#include "cli/project/project_commands.h"

#include "cli/command_line.h"
#include "cli/project/dev_command.h"
#include "cli/project/manage_command.h"
#include "cli/project/serve_project.h"
#include "project/load_project.h"

namespace stead {

namespace {

class Commands final : public ProjectCommands {
 public:
  bool is_project(const std::string& folder) const override { return find_project(folder).ok(); }

  int run(const CommandLine& line) const override {
    switch (line.command) {
      case CommandLine::Command::dev:
        return run_dev(line);
      case CommandLine::Command::manage:
        return run_manage(line);
      default:
        return serve_project(line);
    }
  }
};

}  // namespace

std::unique_ptr<ProjectCommands> project_commands() { return std::make_unique<Commands>(); }

}  // namespace stead
