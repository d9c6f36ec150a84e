#include "cli/serve.h"
#include "runtime/app.h"

// The generic program: everything of the command line that needs no classes.
int main(int argc, char** argv) {
  const stead::App app;
  return stead::serve(app, argc, argv);
}
