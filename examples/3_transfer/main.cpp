#include "account.h"
#include "cli/serve.h"

int main(int argc, char** argv) {
  stead::App app;
  add_account(app);
  return stead::serve(app, argc, argv);
}
