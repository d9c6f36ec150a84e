#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "gateway/server.h"
#include "runtime/app.h"
#include "test_client.h"
#include "tests/support/memory_log.h"
#include "tests/support/temporary_directory.h"

namespace stead::test {

/// A node and a server on a free port, with the test application.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;

  /// Starts; change `config` before.
  void start();
  Client connect() const { return Client(server->port()); }
  /// One request on a connection of its own.
  Reply ask(std::string_view request) const { return connect().ask(request); }

  App app;
  Config config;
  MemoryLog log;
  TemporaryDirectory folder;
  std::filesystem::path directory = folder.path();
  std::unique_ptr<Node> node;
  std::unique_ptr<Server> server;
};

}  // namespace stead::test
