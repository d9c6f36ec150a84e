#pragma once

#include "cli/command_line.h"
#include "runtime/config.h"

namespace stead {

bool is_journal_command(const CommandLine& line);

/// The `journal …` commands, on the data directory that `config` names; gives the exit status: 1 if
/// anything cannot be read. They only read, and so work beside a running server too.
int run_journal(const CommandLine& line, const Config& config);

}  // namespace stead
