#pragma once

#include "base/result.h"
#include "cli/command_line.h"

namespace stead {

/// `object list`: what the directory knows, a line each. `locked`: the caller holds the data
/// directory, so no server runs; it then also looks for objects that a crash kept out of the
/// directory.
Result<void> list_objects(const CommandLine& line, const std::string& data_directory, bool locked);

}  // namespace stead
