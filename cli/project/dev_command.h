#pragma once

#include "cli/command_line.h"

namespace stead {

/// `dev`: serves a project while it is worked on. Gives the exit status.
int run_dev(const CommandLine& line);

}  // namespace stead
