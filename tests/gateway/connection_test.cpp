// Slow, many, and vanishing clients; busy objects.
#include <thread>

#include "test_server.h"

namespace stead::test {
namespace {

using std::chrono::milliseconds;

class ConnectionTest : public ServerTest {};

TEST_F(ConnectionTest, SlowHeaderIsCut) {
  config.http.header_timeout = milliseconds(100);
  start();
  auto client = connect();
  client.send("GET / HTT");
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(reply->header("Connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(ConnectionTest, TricklingDoesNotHelp) {
  config.http.header_timeout = milliseconds(100);
  start();
  auto client = connect();
  client.send("GET /room/a/name HTTP/1.1\r\nHost: h\r\n");
  for (int i = 0; i < 40 && client.is_quiet(milliseconds(10)); ++i) client.send("X: y\r\n");
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
}

TEST_F(ConnectionTest, SlowBodyIsCut) {
  config.http.body_timeout = milliseconds(100);
  start();
  auto client = connect();
  client.send("POST /room/a/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(node->live_objects(), 0U);
}

TEST_F(ConnectionTest, IdleConnectionsCloseSilently) {
  config.http.idle_timeout = milliseconds(100);
  start();
  auto fresh = connect();
  auto used = connect();
  EXPECT_EQ(used.ask(get("/room/a/name")).body, "a");
  EXPECT_EQ(fresh.read_to_end(), "");
  EXPECT_EQ(used.read_to_end(), "");
}

TEST_F(ConnectionTest, SlowHandlersAreNotCut) {
  config.http.header_timeout = config.http.body_timeout = milliseconds(50);
  config.http.idle_timeout = config.http.write_timeout = milliseconds(50);
  start();
  EXPECT_EQ(ask(get("/room/a/slow")).body, "slow");
}

TEST_F(ConnectionTest, ClientThatReadsNothingIsCut) {
  config.http.write_timeout = milliseconds(200);
  start();
  auto client = connect();
  client.send(get("/room/a/big"));
  std::this_thread::sleep_for(milliseconds(500));
  const auto received = client.read_to_end();
  EXPECT_TRUE(!received || received->size() < (8U << 20));
}

TEST_F(ConnectionTest, TooManyConnectionsAreToldSo) {
  config.http.connections = 2;
  start();
  auto first = connect();
  EXPECT_EQ(first.ask(get("/healthz")).status, 200);
  {
    auto second = connect();
    EXPECT_EQ(second.ask(get("/healthz")).status, 200);
    auto third = connect();
    const auto reply = third.ask(get("/healthz"));
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.header("Retry-After"), "1");
    EXPECT_NE(reply.body.find("too_many_connections"), std::string::npos);
    EXPECT_EQ(third.read_to_end(), "");
  }
  int status = 503;
  for (int i = 0; i < 100 && status != 200; ++i) {
    std::this_thread::sleep_for(milliseconds(20));
    status = ask(get("/healthz")).status;
  }
  EXPECT_EQ(status, 200);
  EXPECT_EQ(first.ask(get("/healthz")).status, 200);
}

TEST_F(ConnectionTest, CallsOutliveTheirClients) {
  start();
  for (int i = 0; i < 20; ++i) {
    auto client = connect();
    client.send(get("/room/a/slow"));
    std::this_thread::sleep_for(milliseconds(2));
    if (i % 2 == 0) client.reset();
  }
  std::string sum;
  for (int i = 0; i < 100 && sum != "20000"; ++i) {
    std::this_thread::sleep_for(milliseconds(20));
    sum = ask(post("/call/a/add", "[0]")).body;
  }
  EXPECT_EQ(sum, "20000");
}

TEST_F(ConnectionTest, HalfARequestIsForgotten) {
  start();
  connect().send("GET /room/a/na");
  connect().send("POST /room/a/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  connect().reset();
  EXPECT_EQ(ask(get("/room/a/name")).body, "a");
}

TEST_F(ConnectionTest, BusyObjectsShedLoad) {
  config.object.queued_calls = 2;
  start();
  auto holder = connect();
  holder.send(get("/room/a/exclusive"));
  std::this_thread::sleep_for(milliseconds(50));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    clients.back()->send(get("/room/a/name"));
  }
  int refused = 0;
  for (auto& client : clients) {
    const auto reply = client->read_reply();
    ASSERT_TRUE(reply);
    if (reply->status != 503) continue;
    ++refused;
    EXPECT_EQ(reply->header("Retry-After"), "1");
    EXPECT_NE(reply->body.find("too many calls are queued"), std::string::npos) << reply->body;
  }
  EXPECT_EQ(refused, 4);
  EXPECT_EQ(holder.read_reply()->body, "exclusive");
}

}  // namespace
}  // namespace stead::test
