#include "cli/serve.h"
#include "guestbook.h"

int main(int argc, char** argv) {
  stead::App app;
  add_guestbook(app);
  return stead::serve(app, argc, argv);
}
