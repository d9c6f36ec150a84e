// Responses that are made while they are sent.
#include <gmock/gmock.h>

#include "stream_app.h"

namespace stead::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr std::string_view four = "chunk 1\nchunk 2\nchunk 3\nchunk 4\n";

class ResponseStreamTest : public StreamServerTest {
 protected:
  bool all_closed(int count = 1) {
    return eventually([=] { return counts().closed == count && counts().destroyed == count; });
  }
};

TEST_F(ResponseStreamTest, ChunksComeInOrderAndTheConnectionStays) {
  start();
  auto client = connect();
  for (const auto* kind : {"quick", "slow", "write"}) {
    const auto reply = client.ask(get(std::string("/feed/a/") + kind), true);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(reply.header("Content-Length"), "");
    EXPECT_EQ(client.read_chunks(), four);
  }
  EXPECT_EQ(client.ask(get("/feed/a/rows")).body, "5");
  EXPECT_TRUE(all_closed(3));
}

TEST_F(ResponseStreamTest, EachChunkLeavesAtOnce) {
  start();
  auto client = connect();
  client.ask(get("/feed/a/waiting"), true);
  EXPECT_EQ(client.read_chunk(), "chunk 1\n");
  EXPECT_TRUE(client.is_quiet(milliseconds(50)));
}

TEST_F(ResponseStreamTest, PipelinedRequestsWaitForTheEnd) {
  start();
  auto client = connect();
  client.send(get("/feed/a/slow") + get("/feed/a/quick") + get("/feed/a/rows"));
  ASSERT_TRUE(client.read_reply(true));
  EXPECT_EQ(client.read_chunks(), four);
  ASSERT_TRUE(client.read_reply(true));
  EXPECT_EQ(client.read_chunks(), four);
  EXPECT_EQ(client.read_reply()->body, "0");
}

TEST_F(ResponseStreamTest, ARequestSentDuringAStreamIsServedAfterIt) {
  start();
  auto client = connect();
  client.ask(get("/feed/a/slow"), true);
  EXPECT_EQ(client.read_chunk(), "chunk 1\n");
  client.send(get("/feed/a/rows"));
  EXPECT_EQ(client.read_chunks(), four.substr(8));
  EXPECT_EQ(client.read_reply()->body, "0");
}

TEST_F(ResponseStreamTest, LargeChunksArriveWhole) {
  start();
  for (const auto* path : {"/feed/a/big", "/feed/a/relay"}) {
    auto client = connect();
    client.ask(get(path), true);
    for (int i = 1; i <= 64; ++i) {
      const auto chunk = client.read_chunk();
      ASSERT_TRUE(chunk);
      ASSERT_EQ(*chunk, std::string(128 << 10, static_cast<char>('a' + i % 26)));
    }
    EXPECT_EQ(client.read_chunk(), "");
    EXPECT_EQ(client.ask(get("/feed/a/rows")).body, "0");
  }
}

TEST_F(ResponseStreamTest, EmptyChunksAreNoEnd) {
  start();
  auto client = connect();
  client.ask(get("/feed/a/holes"), true);
  EXPECT_EQ(client.read_chunks(), "chunk 2\nchunk 4\n");
}

TEST_F(ResponseStreamTest, ASlowReaderHoldsTheSourceBack) {
  start();
  auto client = connect();
  client.ask(get("/feed/a/endless"), true);
  pause(milliseconds(300));
  const int made = counts().chunks;
  EXPECT_LT(made, 200);  // what two sockets hold; memory would take thousands
  pause(milliseconds(100));
  EXPECT_EQ(counts().chunks, made);
  for (int i = 0; i < 300; ++i) ASSERT_EQ(client.read_chunk()->size(), 64U << 10);
  EXPECT_GE(counts().chunks, 300);
}

TEST_F(ResponseStreamTest, AReaderThatStopsIsCut) {
  config.http.write_timeout = milliseconds(200);
  start();
  auto client = connect();
  client.ask(get("/feed/a/endless"), true);
  EXPECT_TRUE(all_closed());
}

TEST_F(ResponseStreamTest, AWaitingStreamIsNotCut) {
  config.http.header_timeout = config.http.body_timeout = milliseconds(20);
  config.http.idle_timeout = config.http.write_timeout = milliseconds(20);
  start();
  auto client = connect();
  client.ask(get("/feed/a/slow"), true);
  EXPECT_EQ(client.read_chunks(), four);
}

TEST_F(ResponseStreamTest, AClientThatGoesEndsTheStream) {
  start();
  for (int i = 0; i < 3; ++i) {
    auto client = connect();
    client.ask(get(i == 2 ? "/feed/a/endless" : "/feed/a/waiting"), true);
    client.read_chunk();
    if (i == 0) client.reset();
  }
  EXPECT_TRUE(all_closed(3));
  EXPECT_EQ(ask(get("/feed/a/rows")).body, "0");
}

TEST_F(ResponseStreamTest, AnExceptionBreaksOffWithoutTheLastChunk) {
  start();
  auto client = connect();
  client.ask(get("/feed/a/throw"), true);
  EXPECT_EQ(client.read_chunk(), "chunk 1\n");
  EXPECT_EQ(client.read_chunk(), "chunk 2\n");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(
      log.contains("Feed(a): the streamed body of fetch GET /feed/a/throw failed: no more paper"));
  EXPECT_TRUE(all_closed());
}

TEST_F(ResponseStreamTest, AResetBreaksOff) {
  start();
  auto other = connect();
  other.ask(get("/feed/a/waiting"), true);
  EXPECT_EQ(other.read_chunk(), "chunk 1\n");
  auto client = connect();
  client.ask(get("/feed/a/abort"), true);
  EXPECT_EQ(client.read_to_end(), "8\r\nchunk 1\n\r\n8\r\nchunk 2\n\r\n");
  EXPECT_EQ(other.read_to_end(), "");
  EXPECT_EQ(counts().closed, 0);
  EXPECT_EQ(counts().destroyed, 2);
  EXPECT_EQ(ask(get("/feed/a/rows")).body, "0");
}

TEST_F(ResponseStreamTest, AStopEndsStreamsAtItsDeadline) {
  start();
  auto waiting = connect();
  waiting.ask(get("/feed/a/waiting"), true);
  auto slow = connect();
  slow.ask(get("/feed/a/slow"), true);
  server->stop(milliseconds(400));
  EXPECT_EQ(slow.read_chunks(), four);
  EXPECT_EQ(slow.read_to_end(), "");
  EXPECT_EQ(waiting.read_to_end(), "8\r\nchunk 1\n\r\n");
  EXPECT_TRUE(all_closed(2));
}

TEST_F(ResponseStreamTest, AnObjectWithAStreamStaysInMemory) {
  config.object.idle_timeout = milliseconds(10);
  start();
  auto client = connect();
  client.ask(get("/feed/a/waiting"), true);
  client.read_chunk();
  pause(milliseconds(100));
  EXPECT_EQ(node->live_objects(), 1U);
  client.reset();
  EXPECT_TRUE(eventually([&] { return node->live_objects() == 0; }));
}

TEST_F(ResponseStreamTest, HeadNeverAsksTheSource) {
  start();
  auto client = connect();
  const std::string head = "HEAD /feed/a/quick HTTP/1.1\r\nHost: h\r\n\r\n";
  const auto reply = client.ask(head, true);
  EXPECT_EQ(reply.header("Transfer-Encoding"), "chunked");
  const auto nothing = client.ask(get("/feed/a/nothing"), true);
  EXPECT_EQ(nothing.status, 204);
  EXPECT_EQ(nothing.header("Transfer-Encoding"), "");
  EXPECT_EQ(client.ask(get("/feed/a/rows")).body, "0");
  EXPECT_TRUE(all_closed(2));
  EXPECT_EQ(counts().chunks, 0);
}

TEST_F(ResponseStreamTest, OldClientsGetABodyUntilTheEnd) {
  start();
  auto client = connect();
  const auto reply =
      client.ask("GET /feed/a/quick HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true);
  EXPECT_EQ(reply.header("Transfer-Encoding"), "");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_EQ(client.read_to_end(), four);
}

TEST_F(ResponseStreamTest, OldClientsSeeThatABodyBreaksOff) {
  start();
  auto client = connect();
  client.ask("GET /feed/a/throw HTTP/1.0\r\n\r\n", true);
  while (client.read_bytes(1)) {
  }
  EXPECT_TRUE(client.was_reset());
}

TEST_F(ResponseStreamTest, OldClientsMayStayWithALength) {
  start();
  auto client = connect();
  const std::string request =
      "GET /feed/a/quick?length=32 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(client.ask(request).body, four);
  EXPECT_EQ(client.ask(request).body, four);
}

TEST_F(ResponseStreamTest, AGivenLengthIsKept) {
  start();
  auto client = connect();
  const auto reply = client.ask(get("/feed/a/quick?length=32"));
  EXPECT_EQ(reply.header("Transfer-Encoding"), "");
  EXPECT_EQ(reply.body, four);
  EXPECT_EQ(client.ask(get("/feed/a/rows")).body, "0");
}

TEST_F(ResponseStreamTest, WhatIsBeyondTheLengthIsCutOff) {
  start();
  auto client = connect();
  EXPECT_EQ(client.ask(get("/feed/a/quick?length=10")).body, four.substr(0, 10));
  EXPECT_EQ(client.ask(get("/feed/a/quick?length=8")).body, four.substr(0, 8));
  EXPECT_EQ(client.ask(get("/feed/a/quick?length=0")).body, "");
  EXPECT_EQ(client.ask(get("/feed/a/rows")).body, "0");
  EXPECT_TRUE(all_closed(3));
  EXPECT_TRUE(log.contains("is longer than its Content-Length"));
}

TEST_F(ResponseStreamTest, TooShortABodyBreaksOff) {
  start();
  auto client = connect();
  client.ask(get("/feed/a/quick?length=100"), true);
  EXPECT_EQ(client.read_to_end(), four);
  EXPECT_TRUE(log.contains("is shorter than its Content-Length by 68 bytes"));
}

TEST_F(ResponseStreamTest, ALengthThatIsNoneIsRefused) {
  start();
  for (const auto* length : {"x", "-1", "1%2C1", "99999999999999999999"}) {
    EXPECT_EQ(ask(get(std::string("/feed/a/quick?length=") + length)).status, 500);
  }
  EXPECT_TRUE(all_closed(4));
  EXPECT_TRUE(log.contains("is no number"));
}

TEST_F(ResponseStreamTest, ManyAtATime) {
  start();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    clients.back()->send(get("/feed/n" + std::to_string(i % 7) + "/slow"));
  }
  for (auto& client : clients) {
    ASSERT_TRUE(client->read_reply(true));
    EXPECT_EQ(client->read_chunks(), four);
  }
  EXPECT_TRUE(all_closed(40));
}

}  // namespace
}  // namespace stead::test
