#pragma once

#include "cli/project/python_environment.h"
#include "project/project.h"

namespace stead {

/// Runs a project's `build.command`, if it has one, with `sh -c`; `python` is the project's there.
/// What it prints goes to stderr. Gives its exit status, 128 and more for a signal.
///
/// Requires that this process has no other threads.
int run_build(const Project& project, const PythonEnvironment& python);

}  // namespace stead
