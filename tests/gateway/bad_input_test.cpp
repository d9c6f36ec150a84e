// Everything a client can get wrong, and what it is told.
#include <nlohmann/json.hpp>

#include "test_server.h"

namespace stead::test {
namespace {

class BadInputTest : public ServerTest {
 protected:
  BadInputTest() { start(); }

  /// The `error` object of a reply, whose status must be the expected one.
  nlohmann::json refused(int status, std::string_view request) {
    reply = ask(request);
    EXPECT_EQ(reply.status, status) << reply.head << reply.body;
    EXPECT_EQ(reply.header("Content-Type"), "application/json");
    const auto page = nlohmann::json::parse(reply.body, nullptr, false);
    if (!page.is_object()) return {{"code", ""}, {"message", ""}};
    return page.at("error");
  }
  Reply reply;
};

TEST_F(BadInputTest, UnknownRoute) {
  EXPECT_EQ(refused(404, get("/nowhere")).at("code"), "not_found");
  EXPECT_EQ(node->live_objects(), 0U);
}

TEST_F(BadInputTest, WrongMethod) {
  refused(405, "DELETE /limited/x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(reply.header("Allow"), "GET, HEAD, POST");
  refused(405, get("/call/a/add"));
  EXPECT_EQ(reply.header("Allow"), "POST");
}

TEST_F(BadInputTest, BodyTooLarge) {
  auto client = connect();
  client.send(post("/room/a/echo", std::string(3 << 20, 'x')));
  const auto answer = client.read_reply();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(answer->header("Connection"), "close");
}

TEST_F(BadInputTest, HeaderTooLarge) {
  refused(431, "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(reply.header("Connection"), "close");
}

TEST_F(BadInputTest, MalformedRequests) {
  EXPECT_EQ(refused(400, "nonsense\r\n\r\n").at("code"), "bad_request");
  EXPECT_NE(refused(400, "GET / HTTP/1.1\r\n\r\n").at("message").get<std::string>().find("Host"),
            std::string::npos);
  refused(400, get("/room/%zz/name"));
  EXPECT_EQ(refused(400, get("/room//name")).at("code"), "bad_name");
}

TEST_F(BadInputTest, UnknownClassAndBadIds) {
  const auto id = node->classes().find("Room")->key.id_from_name("a").to_string();
  EXPECT_EQ(refused(400, get("/any/Nothing/x")).at("code"), "unknown_class");
  EXPECT_EQ(refused(400, get("/id/Room/1234")).at("code"), "bad_id");
  EXPECT_EQ(refused(400, get("/id/Room/" + std::string(64, 'a'))).at("code"), "bad_id");
  EXPECT_EQ(node->live_objects(), 0U);
}

TEST_F(BadInputTest, BadArguments) {
  const auto page = refused(400, post("/call/a/add", "[1,\n  oops]"));
  EXPECT_EQ(page.at("code"), "bad_json");
  EXPECT_NE(page.at("message").get<std::string>().find("line 2, column 3"), std::string::npos)
      << page;
  EXPECT_EQ(refused(400, post("/call/a/add", "{}")).at("code"), "bad_json");
  EXPECT_NE(refused(400, post("/call/a/add", "[\"one\"]"))
                .at("message")
                .get<std::string>()
                .find("argument 1 of Room.add"),
            std::string::npos);
  refused(400, post("/call/a/add", "[]"));
  refused(400, post("/call/a/add", "[99999999999]"));
  refused(404, post("/call/a/nope", "[]"));
}

TEST_F(BadInputTest, ExceptionsDoNotLeak) {
  for (const auto& request : {get("/room/a/throw"), post("/call/a/fail", "[\"secret\"]")}) {
    const auto page = refused(500, request);
    EXPECT_EQ(page.at("code"), "exception");
    EXPECT_EQ(page.at("object"), "Room(a)");
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
    const auto reference = page.at("reference").get<std::string>();
    ASSERT_EQ(reference.size(), 16U);
    EXPECT_TRUE(log.contains(reference)) << log.text();
  }
  EXPECT_TRUE(log.contains("secret table users"));
  EXPECT_EQ(refused(418, get("/room/a/teapot")).at("message"), "short and stout");
}

TEST_F(BadInputTest, AnswersThatCannotBeSent) {
  const auto page = refused(500, get("/room/a/inject"));
  EXPECT_EQ(page.at("code"), "bad_response");
  EXPECT_EQ(reply.head.find("Set-Cookie"), std::string::npos);
  EXPECT_TRUE(log.contains(page.at("reference").get<std::string>()));
  EXPECT_TRUE(log.contains("X-Evil"));
  EXPECT_EQ(refused(500, get("/room/a/status")).at("code"), "bad_response");
}

TEST_F(BadInputTest, KeepsTheConnectionWhereItCan) {
  auto client = connect();
  EXPECT_EQ(client.ask(get("/nowhere")).status, 404);
  EXPECT_EQ(client.ask(post("/nowhere", "with a body")).status, 404);
  EXPECT_EQ(client.ask(get("/room/a/throw")).status, 500);
  EXPECT_EQ(client.ask(post("/call/a/add", "[")).status, 400);
  EXPECT_EQ(client.ask(get("/room/a/name")).body, "a");
}

}  // namespace
}  // namespace stead::test
