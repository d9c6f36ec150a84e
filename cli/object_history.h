#pragma once

#include "base/result.h"
#include "cli/command_line.h"
#include "runtime/config.h"

namespace stead {

/// Whether a command is one of these: on an object's past, or one that history must know of.
bool uses_history(const CommandLine& line, const Config& config);

/// `object restore`, `object fork`, `object export --at`; and `object sql --write` and `object
/// delete` where history is kept, so that they can be undone. Needs the server stopped.
Result<void> run_object_history(const CommandLine& line, const Config& config);

}  // namespace stead
