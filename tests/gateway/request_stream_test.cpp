// Request bodies that objects read while they arrive.
#include <gmock/gmock.h>

#include <array>
#include <random>
#include <thread>

#include "stream_app.h"

namespace stead::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class RequestStreamTest : public StreamServerTest {
 protected:
  static std::string post_head(std::string_view target, std::size_t size,
                               std::string_view more = {}) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n" +
           std::string(more) + "\r\n";
  }
};

TEST_F(RequestStreamTest, ALongBodyIsReadAsItArrives) {
  start();
  auto client = connect();
  client.send(post_head("/sink/a/all", 300'000));
  std::size_t sent = 0;
  for (int i = 0; i < 3; ++i) {
    client.send(std::string(100'000, 'x'));
    sent += 100'000;
    EXPECT_TRUE(eventually([&] { return counts().read == sent; }));
  }
  EXPECT_EQ(client.read_reply()->body, "read 300000");
  EXPECT_EQ(client.ask(post("/sink/a/all", std::string(200'000, 'y'))).body, "read 200000");
  EXPECT_EQ(client.ask(get("/sink/a/all")).body, "whole 0");
}

TEST_F(RequestStreamTest, AShortBodyIsWhole) {
  start();
  auto client = connect();
  EXPECT_EQ(client.ask(post("/sink/a/all", std::string(65'536, 'y'))).body, "whole 65536");
  EXPECT_EQ(client.ask(chunked_post("/sink/a/all") + chunk("abc") + std::string(last_chunk)).body,
            "whole 3");
  EXPECT_EQ(client.ask(post("/sink/a/all", std::string(65'537, 'y'))).body, "read 65537");
}

TEST_F(RequestStreamTest, AChunkedBodyIsReadAsItArrives) {
  start();
  auto client = connect();
  client.send(chunked_post("/sink/a/all"));
  for (std::size_t i = 1; i <= 3; ++i) {
    client.send(chunk("12345"));
    EXPECT_TRUE(eventually([&] { return counts().read == 5 * i; }));
  }
  client.send(std::string(last_chunk) + get("/sink/a/all"));
  EXPECT_EQ(client.read_reply()->body, "read 15");
  EXPECT_EQ(client.read_reply()->body, "whole 0");
}

TEST_F(RequestStreamTest, OthersGetWholeBodies) {
  start();
  EXPECT_EQ(ask(post("/plain/a/x", std::string(200'000, 'y'))).body, "whole 200000");
  EXPECT_EQ(ask(chunked_post("/plain/a/x") + chunk("abc") + std::string(last_chunk)).body,
            "whole 3");
}

TEST_F(RequestStreamTest, ASlowObjectHoldsTheClientBack) {
  config.http.body_bytes = std::size_t{1} << 30;
  start();
  auto client = connect();
  std::atomic<std::size_t> sent = 0;
  std::thread sender([&] {
    client.send(post_head("/sink/a/late", 64 << 20));
    while (sent < (64U << 20) && client.send(std::string(1 << 20, 'x'))) sent += 1 << 20;
  });
  pause(milliseconds(250));
  EXPECT_LT(sent, 32U << 20);  // what two sockets hold
  EXPECT_LT(counts().read, 1U << 20);
  server->stop(milliseconds(0));
  sender.join();
}

TEST_F(RequestStreamTest, TheClientIsToldToGoOnWhenTheBodyIsWanted) {
  start();
  auto client = connect();
  client.send(post_head("/sink/a/late", 100'000, "Expect: 100-continue\r\n"));
  EXPECT_TRUE(client.is_quiet(milliseconds(100)));
  EXPECT_EQ(client.read_reply(true)->status, 100);
  client.send(std::string(100'000, 'x'));
  EXPECT_THAT(client.read_reply()->body, HasSubstr("read 100000"));
}

TEST_F(RequestStreamTest, ABodyThatIsNotWantedIsNotAskedFor) {
  start();
  auto client = connect();
  const auto reply = client.ask(post_head("/sink/a/ignore", 100'000, "Expect: 100-continue\r\n"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(RequestStreamTest, TheRestOfABodyIsThrownAway) {
  start();
  for (const auto* manner : {"ignore", "some"}) {
    auto client = connect();
    client.send(post_head(std::string("/sink/a/") + manner, 1'000'000));
    client.send(std::string(500'000, 'x'));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->header("Connection"), "close");
    client.send(std::string(500'000, 'x'));
    client.finish_sending();
    EXPECT_EQ(client.read_to_end(), "");
  }
}

TEST_F(RequestStreamTest, ABodyThatArrivedKeepsTheConnection) {
  start();
  auto client = connect();
  // All of it is there before the object, which waits first, reads a part.
  EXPECT_EQ(client.ask(post("/sink/a/late", std::string(70'000, 'x'))).status, 200);
  EXPECT_EQ(client.ask(get("/sink/a/all")).body, "whole 0");
}

TEST_F(RequestStreamTest, AClientThatGoesBreaksTheReadOff) {
  start();
  for (int i = 1; i <= 3; ++i) {
    auto client = connect();
    client.send(post_head("/sink/a/all", 1'000'000) + std::string(100'000, 'x'));
    const auto expected = static_cast<std::size_t>(i) * 100'000;
    EXPECT_TRUE(eventually([&] { return counts().read == expected; }));
    if (i == 1) client.reset();
    if (i != 2) continue;
    client.finish_sending();
    EXPECT_EQ(client.read_to_end(), "");
  }
  EXPECT_TRUE(eventually([] { return counts().failures == 3; }));
  EXPECT_EQ(counts().failure, ErrorCode::disconnected);
}

TEST_F(RequestStreamTest, AClientThatIsSilentIsCut) {
  config.http.body_timeout = milliseconds(100);
  start();
  auto client = connect();
  client.send(post_head("/sink/a/all", 1'000'000) + std::string(100'000, 'x'));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(counts().read, 100'000U);
  EXPECT_EQ(counts().failure, ErrorCode::http);
}

TEST_F(RequestStreamTest, ASlowObjectIsNotTheClientsFault) {
  config.http.body_timeout = milliseconds(50);
  start();
  EXPECT_EQ(ask(post("/sink/a/late", std::string(100'000, 'x'))).body, "read 100000");
}

TEST_F(RequestStreamTest, TooLongABodyIsRefused) {
  start();
  EXPECT_EQ(ask(post_head("/sink/a/all", 2 << 20)).status, 413);
  auto client = connect();
  client.send(chunked_post("/sink/a/all"));
  for (int i = 0; i < 17; ++i) client.send(chunk(std::string(64 << 10, 'x')));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
  EXPECT_EQ(reply->header("Connection"), "close");
  EXPECT_THAT(reply->body, HasSubstr("longer than 1048576 bytes"));
  EXPECT_LE(counts().read, 1U << 20);
}

TEST_F(RequestStreamTest, AMalformedChunkIsRefused) {
  start();
  auto client = connect();
  client.send(chunked_post("/sink/a/all") + chunk("abc") + "zz\r\n");
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
}

TEST_F(RequestStreamTest, BothWaysAtOnce) {
  start();
  auto client = connect();
  client.send(chunked_post("/sink/a/echo"));
  EXPECT_EQ(client.read_reply(true)->header("Connection"), "close");
  for (int i = 0; i < 5; ++i) {
    client.send(chunk("part " + std::to_string(i)));
    EXPECT_EQ(client.read_chunk(), "part " + std::to_string(i));
  }
  client.send(last_chunk);
  EXPECT_EQ(client.read_chunk(), "");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(RequestStreamTest, AWorkerHandsABodyOn) {
  start();
  auto client = connect();
  client.send(post_head("/elsewhere/all", 300'000));
  client.send(std::string(100'000, 'x'));
  EXPECT_TRUE(eventually([] { return counts().read == 100'000; }));
  client.send(std::string(200'000, 'x'));
  EXPECT_EQ(client.read_reply()->body, "read 300000");
}

TEST_F(RequestStreamTest, AStopBreaksTheReadOff) {
  start();
  auto client = connect();
  client.send(post_head("/sink/a/all", 1'000'000) + std::string(100'000, 'x'));
  EXPECT_TRUE(eventually([] { return counts().read == 100'000; }));
  server->stop(milliseconds(20));
  EXPECT_TRUE(eventually([] { return counts().failures == 1; }));
  EXPECT_EQ(counts().failure, ErrorCode::disconnected);
}

/// Clients that start streams of every kind and leave at any point.
TEST_F(RequestStreamTest, NothingIsLeftBehind) {
  config.object.idle_timeout = milliseconds(10);
  start();
  std::mt19937 random(1);
  const auto below = [&](unsigned bound) { return random() % bound; };
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 150; ++i) {
    auto client = std::make_unique<Client>(server->port());
    const auto name = std::to_string(below(5));
    const std::array feeds{"quick", "slow", "waiting", "throw", "abort", "big", "relay"};
    const std::array sinks{"all", "late", "some", "ignore", "echo"};
    if (below(2) == 0) {
      client->send(get("/feed/" + name + "/" + feeds[below(feeds.size())]));
      if (below(2) == 0) client->read_bytes(1 + below(100));
    } else {
      client->send(post_head("/sink/" + name + "/" + sinks[below(sinks.size())], 200'000));
      client->send(std::string(below(200'001), 'x'));
    }
    if (below(3) == 0) client->reset();
    clients.push_back(std::move(client));
    if (below(4) == 0) clients.erase(clients.begin() + below(clients.size()));
  }
  clients.clear();
  EXPECT_TRUE(eventually([] { return counts().opened == counts().destroyed; }));
  EXPECT_TRUE(eventually([&] { return node->live_objects() == 0; }));
}

}  // namespace
}  // namespace stead::test
