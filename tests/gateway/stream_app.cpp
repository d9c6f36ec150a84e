#include "stream_app.h"

#include <array>
#include <charconv>
#include <thread>

#include "runtime/durable_object.h"

namespace stead::test {

namespace {

using Chunk = std::optional<std::string>;
using std::chrono::milliseconds;

/// Set by the fixture; one test runs at a time.
StreamCounts* counted = nullptr;

/// Answers with streams: the last word of the path says of which kind.
class Feed final : public DurableObject {
 public:
  static constexpr const char* migrations[] = {"CREATE TABLE t(v)"};
  using DurableObject::DurableObject;

  Task<Response> fetch(Request request) override {
    const auto path = request.path();
    const std::string kind(path.substr(path.rfind('/') + 1));
    if (kind == "rows") return Response::text(std::to_string(rows()));
    if (kind == "reset") state().abort("on purpose");
    if (kind == "relay") return relay();
    auto response = Response::streamed(
        "text/plain", BodyStream(std::make_unique<Source>(*this, kind)), status_of(kind));
    if (const auto length = request.query("length")) {
      response.headers.append("Content-Length", *length);
    }
    return response;
  }

 private:
  class Source final : public BodySource {
   public:
    Source(Feed& feed, std::string kind) : feed_(feed), kind_(std::move(kind)) {
      ++counted->opened;
    }
    ~Source() override { ++counted->destroyed; }

    Task<Chunk> next() override {
      ++count_;
      ++counted->chunks;
      if (kind_ == "endless") return Chunk(std::string(64 << 10, 'e'));
      if (kind_ == "waiting" && count_ > 1) return wait(milliseconds(60'000));
      if (kind_ == "slow") return wait(milliseconds(30));
      if (kind_ == "throw" && count_ == 3) throw std::runtime_error("no more paper");
      if (kind_ == "abort" && count_ == 3) feed_.state().abort("in the middle");
      if (kind_ == "write") feed_.sql().exec("INSERT INTO t VALUES(1)");
      return chunk();
    }
    void close() override {
      ++counted->closed;
      feed_.sql().exec("SELECT 1");
    }

   private:
    Chunk chunk() const {
      if (kind_ == "big") {
        if (count_ > 64) return {};
        return std::string(128 << 10, static_cast<char>('a' + count_ % 26));
      }
      if (kind_ == "holes" && count_ % 2 == 1) return "";
      if (count_ > 4) return {};
      return "chunk " + std::to_string(count_) + "\n";
    }
    Task<Chunk> wait(milliseconds time) {
      co_await feed_.state().sleep(time);
      co_return chunk();
    }

    Feed& feed_;
    std::string kind_;
    int count_ = 0;
  };

  static int status_of(const std::string& kind) { return kind == "nothing" ? 204 : 200; }
  int rows() { return sql().one<int>("SELECT count(*) FROM t"); }
  Task<Response> relay() {
    auto response = co_await object<Feed>("other").fetch(Request::get("/big"));
    co_return response;
  }
};

/// Reads the bodies of its requests as they come, in the manner that the path says.
class Sink final : public DurableObject {
 public:
  static constexpr bool streams_requests = true;
  using DurableObject::DurableObject;

  Task<Response> fetch(Request request) override {
    const auto path = request.path();
    const std::string manner(path.substr(path.rfind('/') + 1));
    if (manner == "ignore") return Response::text("ignored");
    if (manner == "echo") return Response::streamed("text/plain", request.stream);
    if (!request.stream) return Response::text("whole " + std::to_string(request.body.size()));
    return consume(std::move(request), manner);
  }

 private:
  Task<Response> consume(Request request, std::string manner) {
    std::size_t size = 0;
    try {
      for (;;) {
        if (manner == "late") co_await state().sleep(milliseconds(300));
        const auto chunk = co_await request.stream.read();
        if (!chunk) break;
        size += chunk->size();
        counted->read += chunk->size();
        if (manner == "some") break;
      }
    } catch (const Error& error) {
      counted->failure = error.code();
      ++counted->failures;
      throw;
    }
    co_return Response::text("read " + std::to_string(size));
  }
};

class Plain final : public DurableObject {
 public:
  using DurableObject::DurableObject;
  Task<Response> fetch(Request request) override {
    if (request.path().ends_with("/client")) {
      return Response::text(request.client_address + " " + std::string(request.scheme) + " " +
                            std::string(request.host()));
    }
    if (request.path().ends_with("/forward")) return forward(std::move(request));
    return Response::text((request.stream ? "stream " : "whole ") +
                          std::to_string(request.body.size()));
  }

 private:
  Task<Response> forward(Request request) {
    request.target = "/all";
    auto response = co_await object<Sink>("s").fetch(std::move(request));
    co_return response;
  }
};

/// Hands requests on as they are.
Task<Response> forward(Request request, Worker& worker) {
  auto sink = worker.object<Sink>("s");
  return sink.fetch(std::move(request));
}

}  // namespace

StreamServerTest::StreamServerTest() {
  counted = new StreamCounts;
  app.add<Feed>("Feed");
  app.add<Sink>("Sink");
  app.add<Plain>("Plain");
  app.route("/feed/{name}/*", "Feed").route("/sink/{name}/*", "Sink");
  app.route("/plain/{name}/*", "Plain");
  app.fetch(forward, {.streams_requests = true});
}

StreamServerTest::~StreamServerTest() {
  server.reset();
  if (node) node->stop(std::chrono::milliseconds(0));
  delete std::exchange(counted, nullptr);
}

StreamCounts& StreamServerTest::counts() { return *counted; }

void StreamServerTest::pause(milliseconds time) { std::this_thread::sleep_for(time); }

std::string chunk(std::string_view data) {
  std::array<char, 16> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), data.size(), 16).ptr;
  return std::string(text.data(), end) + "\r\n" + std::string(data) + "\r\n";
}

std::string chunked_post(std::string_view target, std::string_view more_headers) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(more_headers) +
         "Transfer-Encoding: chunked\r\n\r\n";
}

}  // namespace stead::test
