#pragma once

#include "cli/command_line.h"
#include "runtime/config.h"

namespace stead {

/// The `object …` commands, on the data directory that `config` names; gives the exit status. Those
/// that read work beside a running server, on objects that it does not have in memory. Those that
/// write hold the directory's lock meanwhile.
int run_object(const CommandLine& line, const Config& config);

}  // namespace stead
