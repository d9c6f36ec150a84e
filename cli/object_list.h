#pragma once

#include "base/result.h"
#include "cli/command_line.h"

namespace stead {

/// `object list`: what the directory knows, a line each. With the server stopped it also looks for
/// objects that a crash kept out of the directory.
Result<void> list_objects(const CommandLine& line, const std::string& data_directory);

}  // namespace stead
