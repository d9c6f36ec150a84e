#include "test_server.h"

#include "test_app.h"

namespace stead::test {

ServerTest::ServerTest() {
  config.data = directory / "data";
  config.listen = "127.0.0.1:0";
  config.shards = 2;
  config.http.body_bytes = 1 << 20;
  fill_test_app(app);
}

ServerTest::~ServerTest() {
  server.reset();
  if (node) node->stop(std::chrono::milliseconds(0));
  node.reset();
}

void ServerTest::start() {
  node = std::make_unique<Node>(app, config, Environment::system(), log);
  server = std::make_unique<Server>(app, *node);
  node->start();
  server->start();
}

}  // namespace stead::test
