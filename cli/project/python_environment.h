#pragma once

#include <string>

#include "project/project.h"
#include "runtime/config.h"

namespace stead {

/// The Python that a project is run with. A plain value.
struct PythonEnvironment {
  /// A program.
  std::string program;
  /// The virtual environment's folder, if it is one's.
  std::string venv{};
  /// Why another one is not used.
  std::string warning{};
};

/// As `python.venv` says. Throws `Error` if what it names is not there, or has another version of
/// Python than this program.
PythonEnvironment find_python(const Project& project, const PythonSettings& settings);

/// Takes from this process's environment what belongs to builds and to accounts: the project's code
/// is not to see it.
void clear_build_environment();

}  // namespace stead
