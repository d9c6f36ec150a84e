#pragma once

#include <memory>

#include "cli/program.h"

namespace stead {

std::unique_ptr<ProjectCommands> project_commands();

}  // namespace stead
