#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "gateway/server.h"
#include "memory_log.h"
#include "runtime/app.h"
#include "test_client.h"

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
  std::filesystem::path directory;
  std::unique_ptr<Node> node;
  std::unique_ptr<Server> server;
};

}  // namespace stead::test
