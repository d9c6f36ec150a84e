#pragma once

#include <atomic>

#include "test_server.h"

namespace stead::test {

/// What happened to the streams of the objects below, seen from outside of them.
struct StreamCounts {
  std::atomic<int> opened = 0;
  std::atomic<int> chunks = 0;
  std::atomic<int> closed = 0;
  std::atomic<int> destroyed = 0;
  /// Bytes of request bodies that objects have read.
  std::atomic<std::size_t> read = 0;
  /// How the last read of a request's body that failed did.
  std::atomic<ErrorCode> failure = ErrorCode::internal;
  std::atomic<int> failures = 0;
};

/// A server whose objects stream, see stream_app.cpp.
///
///     /feed/{name}/...      Feed: responses
///     /sink/{name}/...      Sink: request bodies as streams
///     /plain/{name}/...     Plain: whole request bodies
class StreamServerTest : public ServerTest {
 protected:
  StreamServerTest();
  ~StreamServerTest() override;

  /// Waits until it is so, five seconds at most.
  template <class Condition>
  static bool eventually(Condition condition) {
    for (int i = 0; i < 500 && !condition(); ++i) pause(std::chrono::milliseconds(10));
    return condition();
  }
  static void pause(std::chrono::milliseconds time);

  static StreamCounts& counts();
};

/// A chunk of a chunked body, and the end of one.
std::string chunk(std::string_view data);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";
std::string chunked_post(std::string_view target, std::string_view more_headers = {});

}  // namespace stead::test
