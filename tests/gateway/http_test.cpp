// What a well-behaved client sees.
#include "test_server.h"

namespace stead::test {
namespace {

class HttpTest : public ServerTest {
 protected:
  HttpTest() { start(); }
};

TEST_F(HttpTest, ServesObjectsByName) {
  auto client = connect();
  const auto first = client.ask(post("/room/a/add"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "1");
  EXPECT_EQ(first.header("Server"), "stead");
  EXPECT_EQ(first.header("Date").size(), 29U);
  EXPECT_EQ(client.ask(post("/room/a/add")).body, "2");
  EXPECT_EQ(client.ask(post("/room/b/add")).body, "1");
  EXPECT_EQ(ask(post("/room/a/add")).body, "3");
}

TEST_F(HttpTest, ServesByHostAndById) {
  EXPECT_EQ(ask("GET /name HTTP/1.1\r\nHost: Blue.rooms.TEST:80\r\n\r\n").body, "blue");
  EXPECT_EQ(ask("GET http://red.rooms.test/name HTTP/1.1\r\nHost: x\r\n\r\n").body, "red");
  const auto id = node->classes().find("Room")->key.id_from_name("a").to_string();
  EXPECT_EQ(ask(post("/room/a/add")).body, "1");
  EXPECT_EQ(ask(post("/id/Room/" + id + "/add")).body, "2");
  EXPECT_EQ(ask(get("/room/a%2Fb/name")).body, "a/b");
  EXPECT_EQ(ask(get("/room/a/target?x=%20")).body, "/room/a/target?x=%20");
}

TEST_F(HttpTest, CallsNamedMethods) {
  const auto reply = ask(post("/call/a/add", "[5]"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "5");
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(ask(post("/call/a/greet", "[\"\\u00e4\"]")).body, "\"hello \xc3\xa4\"");
}

TEST_F(HttpTest, AnswersPipelinedRequestsInOrder) {
  auto client = connect();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += i % 10 == 3  ? get("/room/p/slow")
                : i % 7 == 2 ? get("/nowhere")
                             : post("/room/p/add", "x");
  }
  client.send(requests);
  int sum = 0;
  for (int i = 0; i < 50; ++i) {
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply) << i;
    if (i % 10 == 3) {
      EXPECT_EQ(reply->body, "slow");
      sum += 1'000;
    } else if (i % 7 == 2) {
      EXPECT_EQ(reply->status, 404);
    } else {
      EXPECT_EQ(reply->body, std::to_string(++sum));
    }
  }
}

TEST_F(HttpTest, ManyPipelinedRequestsNeedNoStack) {
  auto client = connect();
  std::string requests;
  for (int i = 0; i < 5'000; ++i) requests += get(i % 2 == 0 ? "/healthz" : "/room/p/add");
  client.send(requests);
  for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(client.read_reply()) << i;
}

TEST_F(HttpTest, HeadHasLengthAndNoBody) {
  auto client = connect();
  const auto reply = client.ask("HEAD /room/a/name HTTP/1.1\r\nHost: h\r\n\r\n", true);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Length"), "1");
  EXPECT_EQ(client.ask("HEAD /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", true).status, 404);
  EXPECT_EQ(client.ask(get("/room/a/name")).body, "a");
}

TEST_F(HttpTest, ContinuesWhenExpected) {
  auto client = connect();
  client.send(
      "POST /room/a/echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: 5\r\n\r\n");
  ASSERT_EQ(client.read_reply()->status, 100);
  EXPECT_EQ(client.ask("hello").body, "hello");
  // The body is there already: nothing to ask for.
  EXPECT_EQ(client
                .ask("POST /room/a/echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                     "Content-Length: 5\r\n\r\nhello")
                .status,
            200);
}

TEST_F(HttpTest, RefusesInsteadOfContinuing) {
  const auto expect = [&](std::string_view line, std::string_view length) {
    auto client = connect();
    const auto reply =
        client.ask(std::string(line) + " HTTP/1.1\r\nHost: h\r\n" +
                   "Expect: 100-continue\r\nContent-Length: " + std::string(length) + "\r\n\r\n");
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_EQ(client.read_to_end(), "");
    return reply.status;
  };
  EXPECT_EQ(expect("POST /nowhere", "5"), 404);
  EXPECT_EQ(expect("PUT /limited/x", "5"), 405);
  EXPECT_EQ(expect("POST /room/a/echo", "99999999"), 413);
}

TEST_F(HttpTest, ReadsChunkedBodies) {
  auto client = connect();
  client.send(
      "POST /room/a/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
      "Content-Type: x/y\r\n\r\n4\r\nab");
  client.send("cd\r\n");
  const auto reply = client.ask("3\r\nefg\r\n0\r\nX-Trailer: evil\r\n\r\n");
  EXPECT_EQ(reply.body, "abcdefg");
  EXPECT_EQ(reply.header("X-Type"), "x/y");
  EXPECT_EQ(reply.header("X-Trailer"), "none");
  EXPECT_EQ(client.ask(get("/room/a/name")).body, "a");
}

TEST_F(HttpTest, CarriesLargeBodiesBothWays) {
  auto client = connect();
  const std::string body(1 << 20, 'z');
  EXPECT_EQ(client.ask(post("/room/a/echo", body)).body, body);
  EXPECT_EQ(client.ask(get("/room/a/big")).body.size(), 8U << 20);
  EXPECT_EQ(client.ask(get("/room/a/name")).body, "a");
}

TEST_F(HttpTest, Http10ClosesUnlessAsked) {
  auto once = connect();
  const auto reply = once.ask("GET /room/a/name HTTP/1.0\r\n\r\n");
  EXPECT_EQ(reply.body, "a");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_EQ(once.read_to_end(), "");
  auto kept = connect();
  const std::string keep = "GET /room/a/name HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(kept.ask(keep).header("Connection"), "keep-alive");
  EXPECT_EQ(kept.ask(keep).body, "a");
}

TEST_F(HttpTest, ClosesWhenAsked) {
  auto client = connect();
  const auto reply =
      client.ask("GET /room/a/name HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(reply.body, "a");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(HttpTest, AnswersWithoutBody) {
  auto client = connect();
  const auto reply = client.ask(get("/room/a/empty"));
  EXPECT_EQ(reply.status, 204);
  EXPECT_FALSE(reply.headers.has("Content-Length"));
  EXPECT_EQ(client.ask(get("/room/a/framing")).body, "four");
}

TEST_F(HttpTest, HealthNeedsNoRoute) {
  auto client = connect();
  const auto reply = client.ask(get("/healthz"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "ok\n");
  EXPECT_EQ(client.ask("HEAD /healthz HTTP/1.1\r\nHost: h\r\n\r\n", true).status, 200);
}

}  // namespace
}  // namespace stead::test
