#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/project/open_project.h"
#include "cli/project/python_environment.h"
#include "python/python_host.h"
#include "runtime/app.h"

namespace stead {

/// What the code of a project is run for.
struct CodeUse {
  /// A person at a terminal has all the time that there is.
  bool unlimited = false;
};

/// A project's application: its code loaded, its classes, its worker and its static files.
///
/// Thread: the main one. Owner: the command; the node goes first. Fails: the constructor throws
/// `Error`, with the traceback of code that does not load.
class ProjectApp final {
 public:
  ProjectApp(const OpenProject& open, const PythonEnvironment& python, CodeUse use = {});

  const App& app() const { return app_; }
  /// Those that the project's file binds, or else those that its code has.
  std::vector<std::string> classes() const;

 private:
  void check_bindings() const;
  void add_routes();
  std::string place(std::size_t line) const;
  /// Throws if the code does not have a class that `what` names.
  void require_class(std::size_t line, const std::string& what, const std::string& name) const;

  const Project& project_;
  App app_;
  std::unique_ptr<PythonHost> python_;
};

}  // namespace stead
