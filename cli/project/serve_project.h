#pragma once

#include "cli/command_line.h"

namespace stead {

struct OpenProject;

/// `serve` of a project: builds, loads and serves it. Gives the exit status.
int serve_project(const CommandLine& line);

/// Brings the classes of the data directory to what the project says, and tells what was done.
/// Throws `Error`; in `dev` what does not fit together is a warning.
void prepare_classes(const OpenProject& open, bool dev);

/// A message of several lines, as tracebacks are.
void print_failure(const char* text);

}  // namespace stead
