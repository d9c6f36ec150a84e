#pragma once

#include <string>

namespace stead {

class App;
struct CommandLine;

/// The commands for projects, of a program that has them. (They bring a Python interpreter, which
/// programs in C++ do without.)
class ProjectCommands {
 public:
  virtual ~ProjectCommands() = default;
  /// Whether a folder, or one above it, is a project's.
  virtual bool is_project(const std::string& folder) const = 0;
  /// `serve`, `dev` and `manage`. Gives the exit status.
  virtual int run(const CommandLine& line) const = 0;
};

/// As `serve`, with the commands for projects unless they are null.
int run_program(const App& app, int argc, char** argv, const ProjectCommands* projects);

}  // namespace stead
