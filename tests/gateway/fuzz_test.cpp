// Random damage to valid requests: whatever comes, the server answers or closes, and lives.
#include <random>

#include "test_server.h"

namespace stead::test {
namespace {

class FuzzTest : public ServerTest {};

std::string damaged(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return random() % n; };
  for (auto times = 1 + below(4); times > 0 && !text.empty(); --times) {
    const auto at = below(text.size());
    switch (below(6)) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      case 2:
        text.insert(at, 1 + below(8), static_cast<char>(random()));
        break;
      case 3:
        text.insert(at, text.substr(below(text.size()), below(40)));
        break;
      case 4:
        text.resize(at);
        break;
      default:
        text.insert(at, "\r\n");
        break;
    }
  }
  return text;
}

TEST_F(FuzzTest, DamagedRequestsLeaveTheServerAlive) {
  config.http.header_timeout = config.http.body_timeout = std::chrono::milliseconds(20);
  config.http.idle_timeout = std::chrono::milliseconds(20);
  start();
  const std::vector<std::string> seeds = {
      get("/room/a/name"),
      post("/room/a/echo", "some body"),
      post("/call/a/add", "[1, [2, {}]]"),
      "POST /room/a/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\nT: x\r\n\r\n",
      "GET http://x.rooms.test/%41 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
      get("/id/Room/" + std::string(64, 'f')) + get("/healthz")};
  std::mt19937 random(20'240'501);
  for (int i = 0; i < 2'000; ++i) {
    auto client = connect();
    client.send(damaged(seeds[random() % seeds.size()], random));
    if (i % 50 == 0) {
      EXPECT_TRUE(client.read_to_end()) << i;  // an end comes, one way or the other
      ASSERT_EQ(ask(get("/room/a/name")).body, "a") << i;
    }
  }
  EXPECT_EQ(ask(get("/room/a/name")).body, "a");
  EXPECT_FALSE(log.contains("bad_response")) << log.text();
}

}  // namespace
}  // namespace stead::test
