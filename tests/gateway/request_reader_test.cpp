#include "gateway/request_reader.h"

#include <gtest/gtest.h>

namespace stead {
namespace {

using Progress = RequestReader::Progress;

class RequestReaderTest : public ::testing::Test {
 protected:
  /// Feeds the text in pieces of a size, like a network that breaks anywhere. The bytes that the
  /// first request leaves are in `rest`.
  Progress feed(std::string_view text, std::size_t piece) {
    reader.reset();
    std::string buffer;
    headers_told = 0;
    while (true) {
      std::size_t used = 0;
      const auto progress = reader.feed(buffer, used);
      buffer.erase(0, used);
      if (progress == Progress::header) {
        ++headers_told;
      } else if (progress != Progress::more) {
        rest = buffer + std::string(text);
        return progress;
      } else if (text.empty()) {
        return progress;
      } else {
        const auto next = text.substr(0, piece);
        buffer += next;
        text.remove_prefix(next.size());
      }
    }
  }
  int status(std::string_view text) {
    const auto progress = feed(text, text.size());
    if (progress == Progress::failed) return reader.failure().status;
    return progress == Progress::complete ? 200 : 0;
  }

  HttpLimits limits{.header_bytes = 512, .body_bytes = 1'000};
  RequestReader reader{limits};
  int headers_told = 0;
  std::string rest;
};

TEST_F(RequestReaderTest, ReadsInPiecesOfAnySize) {
  const std::string text =
      "\r\nPOST /a?b=c HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nX-One: 2\r\nContent-Length: "
      "5\r\n\r\nhello"
      "GET / HTTP/1.1\r\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    ASSERT_EQ(feed(text, piece), Progress::complete) << piece;
    EXPECT_EQ(headers_told, 1);
    EXPECT_EQ(rest, "GET / HTTP/1.1\r\n");
    const auto& request = reader.request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/a?b=c");
    EXPECT_EQ(request.headers.get_all("x-one").size(), 2U);
    EXPECT_EQ(request.body, "hello");
    EXPECT_EQ(reader.host(), "h");
    EXPECT_TRUE(reader.keep_alive());
  }
}

TEST_F(RequestReaderTest, ReadsChunksAndDropsTrailers) {
  const std::string text =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Trailer: evil\r\n\r\nREST";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    ASSERT_EQ(feed(text, piece), Progress::complete) << piece;
    EXPECT_EQ(reader.request().body, "abc0123456789");
    EXPECT_FALSE(reader.request().headers.has("X-Trailer"));
    EXPECT_EQ(rest, "REST");
  }
}

TEST_F(RequestReaderTest, LimitsTheHeaderHoweverItArrives) {
  std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 60; ++i) text += "X-Field-" + std::to_string(i) + ": value\r\n";
  text += "\r\n";
  for (const std::size_t piece : {1UL, 7UL, 100UL, text.size()}) {
    ASSERT_EQ(feed(text, piece), Progress::failed) << piece;
    EXPECT_EQ(reader.failure().status, 431);
  }
  EXPECT_EQ(status("GET /" + std::string(600, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"), 431);
  EXPECT_EQ(status("GET /" + std::string(600, 'a')), 431);
  // Bytes of the next request do not count.
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(2'000, 'x')), 200);
}

TEST_F(RequestReaderTest, LimitsTheBody) {
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"), 413);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n"), 0);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status(chunked + "3e9\r\n"), 413);
  EXPECT_EQ(status(chunked + "3e7\r\n" + std::string(999, 'x') + "\r\n2\r\n"), 413);
  EXPECT_EQ(status(chunked + "1;" + std::string(20'000, 'x')), 400);
}

TEST_F(RequestReaderTest, RefusesAmbiguousFraming) {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  for (const auto* fields :
       {"Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: -1\r\n",
        "Content-Length: 1x\r\n", "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding : chunked\r\n", "Host: other\r\n", "No colon\r\n", "Bad\x01: x\r\n"}) {
    EXPECT_EQ(status(start + fields + "\r\n"), 400) << fields;
  }
  EXPECT_EQ(status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST_F(RequestReaderTest, RefusesWhatIsNoRequest) {
  for (const auto* text :
       {"GET / HTTP/1.1\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "G@T / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: h\r\n\r\n", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: h\r\n\r\n", "\x16\x03\x01\x02\x00\x01"}) {
    EXPECT_EQ(status(text), 400) << text;
  }
  EXPECT_EQ(status("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
  EXPECT_EQ(status("GET / HTTP/1.0\r\n\r\n"), 200);
  EXPECT_FALSE(reader.keep_alive());
  EXPECT_EQ(status("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), 200);
  EXPECT_TRUE(reader.keep_alive());
}

TEST_F(RequestReaderTest, AbsoluteTargetsNameTheHost) {
  EXPECT_EQ(status("GET http://u@Other:81/p?q HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
  EXPECT_EQ(reader.host(), "Other:81");
  EXPECT_EQ(reader.request().target, "/p?q");
  EXPECT_EQ(reader.request().header("Host"), "Other:81");
  EXPECT_EQ(status("GET http://other?q HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
  EXPECT_EQ(reader.request().target, "/?q");
}

}  // namespace
}  // namespace stead
