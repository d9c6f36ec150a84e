#include "gateway/response_head.h"

#include <gtest/gtest.h>

namespace stead {
namespace {

std::string head(const Response& response, Framing framing = {.date = "D"}) {
  std::string text;
  const auto fault = append_head(text, response, framing);
  return fault ? "fault: " + *fault : text;
}

TEST(ResponseHead, FramesAResponse) {
  EXPECT_EQ(head(Response::text("hi")),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nServer: stead\r\n"
            "Date: D\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(head(Response::empty(), {.keep_alive = false, .date = "D"}),
            "HTTP/1.1 204 No Content\r\nServer: stead\r\nDate: D\r\nConnection: close\r\n\r\n");
  EXPECT_NE(
      head(Response::text("hi"), {.http10 = true, .date = "D"}).find("Connection: keep-alive\r\n"),
      std::string::npos);
}

TEST(ResponseHead, AuthorsMayNameServerAndDate) {
  const auto text = head(Response::empty(200).with("server", "mine").with("DATE", "then"));
  EXPECT_EQ(text, "HTTP/1.1 200 OK\r\nserver: mine\r\nDATE: then\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseHead, DropsTheAuthorsFraming) {
  auto response = Response::empty(200);
  for (const auto* name : {"Content-Length", "transfer-encoding", "Connection", "Keep-Alive",
                           "Proxy-Connection", "Trailer"}) {
    response.headers.append(name, "x");
  }
  EXPECT_EQ(head(response),
            "HTTP/1.1 200 OK\r\nServer: stead\r\nDate: D\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseHead, RefusesInjection) {
  EXPECT_TRUE(head(Response::empty().with("X", "a\r\nB: c")).starts_with("fault"));
  EXPECT_TRUE(head(Response::empty().with("X", "a\nb")).starts_with("fault"));
  EXPECT_TRUE(head(Response::empty().with("X", std::string("a\0b", 3))).starts_with("fault"));
  EXPECT_TRUE(head(Response::empty().with("X: y\r\nZ", "a")).starts_with("fault"));
  EXPECT_TRUE(head(Response::empty().with("", "a")).starts_with("fault"));
  EXPECT_FALSE(head(Response::empty().with("X", "gr\xc3\xbc\xc3\x9f\tdich")).starts_with("fault"));
}

TEST(ResponseHead, RefusesImpossibleStatus) {
  EXPECT_TRUE(head(Response::empty(42)).starts_with("fault"));
  EXPECT_TRUE(head(Response::empty(101)).starts_with("fault"));
  EXPECT_TRUE(head(Response::empty(600)).starts_with("fault"));
  EXPECT_TRUE(head(Response::empty(299)).starts_with("HTTP/1.1 299 "));
}

}  // namespace
}  // namespace stead
