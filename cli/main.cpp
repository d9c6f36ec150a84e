#include "cli/program.h"
#include "cli/project/project_commands.h"
#include "runtime/app.h"

// The generic program: it serves projects, whose code is not in it.
int main(int argc, char** argv) {
  const stead::App app;
  const auto projects = stead::project_commands();
  return stead::run_program(app, argc, argv, projects.get());
}
