#pragma once

#include <memory>
#include <string>
#include <vector>

#include "python/python_limits.h"

namespace stead {

class App;
class PythonRuntime;

/// What the interpreter starts with.
struct PythonConfig {
  /// The program whose installation is used: the system's, or a virtual environment's.
  std::string python = "/usr/bin/python3";
  /// Folder of the package `stead`; empty for the one that this program was built with.
  std::string package{};
  /// What the package's `_host.load` is given: a JSON object, see there.
  std::string project{};
  PythonLimits limits{};
};

/// The interpreter of the process, with a Python project loaded: its classes are served beside
/// those of C++. There is one at a time.
///
/// Thread: construct and destroy on the thread that started the program; nothing of its classes
/// may be in memory any more when it goes. Owner: the program. Fails: the constructor throws
/// `Error` with the traceback if the project cannot be loaded.
class PythonHost final {
 public:
  explicit PythonHost(const PythonConfig& config);
  ~PythonHost();

  /// The project's classes and its worker, if it has one.
  void add_to(App& app);
  const std::vector<std::string>& classes() const;

 private:
  std::unique_ptr<PythonRuntime> runtime_;
};

}  // namespace stead
