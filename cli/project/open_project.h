#pragma once

#include <string>

#include "cli/command_line.h"
#include "project/project.h"
#include "runtime/config.h"

namespace stead {

/// A project and how it is to be run. A plain value.
struct OpenProject {
  Project project{};
  Config config{};
};

struct OpenOptions {
  /// `.dev.vars` and `.env` count, and the objects are in the project's folder.
  bool dev = false;
};

/// Reads the project that a command line means, and the configuration: of the project's folder if
/// no other is named. Throws `Error` with the place of what is wrong.
OpenProject open_project(const CommandLine& line, OpenOptions options);

/// Says on stderr what is odd about it.
void print_warnings(const Project& project);

/// Where `dev` keeps the objects of a project. `persist_to` may be empty.
std::string dev_data(const Project& project, const std::string& persist_to);

/// Makes the folder above a data directory.
void make_room_for(const std::string& data);

}  // namespace stead
