#include "cli/serve.h"
#include "counter.h"

int main(int argc, char** argv) {
  stead::App app;
  app.add<Counter>("Counter").method<&Counter::add>("add");
  app.route("POST /counter/{name}/increment", "Counter").route("GET /counter/{name}", "Counter");
  return stead::serve(app, argc, argv);
}
