#include "cli/project/serve_project.h"

#include <cstdio>

#include "cli/project/build_command.h"
#include "cli/project/open_project.h"
#include "cli/project/project_app.h"
#include "cli/project_classes.h"
#include "cli/serve_command.h"
#include "cli/text.h"

namespace stead {

namespace {

int serve(const CommandLine& line) {
  const auto open = open_project(line, {.dev = false});
  print_warnings(open.project);
  const auto python = find_python(open.project, open.config.python);
  if (!python.warning.empty()) print_error("warning: " + python.warning);
  if (const auto status = run_build(open.project, python); status != 0) {
    print_error("the build command failed with status " + std::to_string(status) +
                ", so nothing is served: " + open.project.build->command);
    return 1;
  }
  clear_build_environment();
  const ProjectApp project(open, python);
  prepare_classes(open, false);
  return run_serve(project.app(), open.config);
}

}  // namespace

void print_failure(const char* text) {
  // Not escaped: it is of the project's own code, for the one who wrote it.
  std::fprintf(stderr, "stead: %s\n", text);
}

void prepare_classes(const OpenProject& open, bool dev) {
  const auto report = apply_class_changes(open.project, open.config, {.dev = dev}).take_or_raise();
  for (const auto& done : report.done) print_error(done);
  for (const auto& warning : report.warnings) print_error("warning: " + warning);
}

int serve_project(const CommandLine& line) {
  try {
    return serve(line);
  } catch (const std::exception& error) {
    print_failure(error.what());
    return 1;
  }
}

}  // namespace stead
