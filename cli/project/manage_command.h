#pragma once

#include "cli/command_line.h"

namespace stead {

/// `manage`: Django's commands inside of objects. Gives the exit status.
int run_manage(const CommandLine& line);

}  // namespace stead
