// Bodies that come in chunks, without sockets: turns, the outbox, resets, objects that read each
// other.
#include <gmock/gmock.h>

#include "runtime/pull_call.h"
#include "runtime/stead.h"
#include "tests/support/manual_host.h"

namespace stead {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::ManualHost;
using ::testing::HasSubstr;

using Chunk = std::optional<std::string>;

/// Three chunks, each with a row of its own; at the end another.
class Feed final : public DurableObject {
 public:
  static constexpr const char* migrations[] = {"CREATE TABLE log(text)"};
  using DurableObject::DurableObject;

  Task<Response> fetch(Request request) override {
    const auto path = std::string(request.path());
    if (path == "/log") return Response::text(text());
    if (path == "/abort") state().abort("on purpose");
    if (path == "/exclusive") return exclusive();
    note("open");
    return Response::streamed("text/plain",
                              BodyStream(std::make_unique<Source>(*this, path.substr(1))));
  }

  void note(const std::string& what) { sql().exec("INSERT INTO log VALUES(?)", what); }

 private:
  class Source final : public BodySource {
   public:
    Source(Feed& feed, std::string manner) : feed_(feed), manner_(std::move(manner)) {}

    Task<Chunk> next() override {
      feed_.note(std::to_string(++count_));
      if (manner_ == "slow") return slow(count_);
      if (manner_ == "throw" && count_ == 2) throw std::runtime_error("no more paper");
      if (manner_ == "reset" && count_ == 2) feed_.state().abort("in the middle");
      if (manner_ == "silent" && count_ < 3) return Chunk("");
      if (count_ > 3) return Chunk();
      return Chunk(std::to_string(count_));
    }
    void close() override {
      feed_.note("close");
      if (manner_ == "clumsy") throw std::runtime_error("cannot close");
    }

   private:
    Task<Chunk> slow(int count) {
      co_await feed_.state().sleep(10ms);
      Chunk chunk;
      if (count <= 3) chunk = std::to_string(count);
      co_return chunk;
    }

    Feed& feed_;
    std::string manner_;
    int count_ = 0;
  };

  std::string text() {
    std::string all;
    for (const auto& text : sql().rows<std::string>("SELECT text FROM log")) {
      all += (all.empty() ? "" : " ") + text;
    }
    return all;
  }
  Task<Response> exclusive() {
    co_await block_concurrency_while([this]() -> Task<void> { return state().sleep(100ms); });
    co_return Response::text("done");
  }
};

/// Reads request bodies as they come.
class Sink final : public DurableObject {
 public:
  static constexpr bool streams_requests = true;
  using DurableObject::DurableObject;

  Task<Response> fetch(Request request) override {
    std::string seen;
    if (!request.stream) co_return Response::text("whole " + request.body);
    for (;;) {
      const auto chunk = co_await request.stream.read();
      if (!chunk) break;
      seen += "[" + *chunk + "]";
    }
    co_return Response::text(seen);
  }
};

/// Wants them whole.
class Plain final : public DurableObject {
 public:
  using DurableObject::DurableObject;
  Task<Response> fetch(Request request) override {
    return Response::text(request.stream ? "stream" : "whole " + request.body);
  }
};

class Reader final : public DurableObject {
 public:
  using DurableObject::DurableObject;

  Task<Response> fetch(Request request) override {
    const auto path = std::string(request.path());
    if (path == "/upload-Sink") return upload<Sink>();
    if (path == "/upload-Plain") return upload<Plain>();
    if (path == "/own") return read_own();
    if (path == "/own-broken") return read_broken();
    if (path == "/twice") return read_twice();
    if (path == "/leave") return leave_early();
    if (path == "/keep") return keep();
    if (path.starts_with("/pass")) return pass(path.substr(5));
    return read_feed(path);
  }

 private:
  Task<Response> read_feed(std::string path) {
    auto response = co_await object<Feed>("f").fetch(Request::get(path));
    std::string seen;
    try {
      for (;;) {
        const auto chunk = co_await response.stream.read();
        if (!chunk) break;
        seen += "[" + *chunk + "]";
      }
      const auto again = co_await response.stream.read();
      if (again) seen += "more";
    } catch (const Error& error) {
      seen += std::string(error.object_reset() ? "reset: " : "error: ") + error.what();
    }
    co_return Response::text(seen);
  }
  Task<Response> pass(std::string path) {
    auto response = co_await object<Feed>("f").fetch(Request::get(path));
    const auto first = co_await response.stream.read();
    co_return std::move(response).with("X-First", *first);
  }
  template <class T>
  Task<Response> upload() {
    auto request = Request::post("/");
    request.stream = BodyStream(
        [n = 0]() mutable -> Task<Chunk> { return ++n > 3 ? Chunk() : Chunk(std::to_string(n)); });
    auto response = co_await object<T>("s").fetch(std::move(request));
    co_return response;
  }
  Task<Response> read_own() {
    BodyStream stream(
        [n = 0]() mutable -> Task<Chunk> { return ++n > 3 ? Chunk() : Chunk(std::to_string(n)); });
    auto text = co_await stream.read_all(3);
    co_return Response::text(text);
  }
  Task<Response> read_broken() {
    BodyStream stream([n = 0]() mutable -> Task<Chunk> {
      if (++n == 2) throw RangeError("broken at " + std::to_string(n));
      return Chunk("1");
    });
    std::string seen;
    for (int i = 0; i < 3; ++i) {
      try {
        const auto chunk = co_await stream.read();
        seen += *chunk + ", ";
      } catch (const RangeError& error) {
        seen += std::string(error.what()) + ", ";
      }
    }
    co_return Response::text(seen);
  }
  Task<Response> read_twice() {
    auto response = co_await object<Feed>("f").fetch(Request::get("/slow"));
    auto first = response.stream.read();
    std::string seen;
    try {
      const auto chunk = co_await response.stream.read();
    } catch (const TypeError& error) {
      seen = error.what();
    }
    const auto chunk = co_await first;
    co_return Response::text(*chunk + ", " + seen);
  }
  Task<Response> leave_early() {
    auto response = co_await object<Feed>("f").fetch(Request::get("/slow"));
    const auto chunk = co_await response.stream.read();
    auto unfinished = response.stream.read();
    co_return Response::text(*chunk);
  }
  Task<Response> keep() {
    auto response = co_await object<Feed>("f").fetch(Request::get("/quick"));
    kept_ = response.stream;
    co_return Response::text("kept");
  }

  BodyStream kept_;
};

class OutsidePull final : public PullCall {
 public:
  OutsidePull(ObjectAddress target, std::shared_ptr<Answer<Chunk>> answer)
      : PullCall(std::move(target)), answer_(std::move(answer)) {}
  void return_to_caller(std::unique_ptr<Call>) override {
    if (error) {
      answer_->error = error;
    } else {
      answer_->value = std::move(result);
    }
  }

 private:
  std::shared_ptr<Answer<Chunk>> answer_;
};

class StreamTest : public ::testing::Test {
 protected:
  StreamTest() {
    host.app.add<Feed>("Feed");
    host.app.add<Sink>("Sink");
    host.app.add<Plain>("Plain");
    host.app.add<Reader>("Reader");
    host.start();
  }

  BodyStream open(const std::string& manner) {
    return host.get("Feed", "f", Request::get("/" + manner)).stream;
  }
  /// Asks without running.
  std::shared_ptr<Answer<Chunk>> ask(const BodyStream& stream) {
    auto answer = std::make_shared<Answer<Chunk>>();
    stream.pull(std::make_unique<OutsidePull>(host.address("Feed", "f"), answer));
    return answer;
  }
  std::shared_ptr<Answer<Chunk>> pull(const BodyStream& stream) {
    auto answer = ask(stream);
    host.run();
    return answer;
  }
  static bool ended(const Answer<Chunk>& answer) { return answer.value && !*answer.value; }
  std::string log() { return host.get("Feed", "f", Request::get("/log")).body; }
  std::string read(const std::string& path) {
    const auto answer = host.fetch("Reader", "r", Request::get(path));
    for (int i = 0; i < 20 && !answer->arrived(); ++i) {
      host.run();
      host.advance(10ms);
    }
    if (answer->error) return answer->error->what();
    return answer->value ? answer->value->body : "no answer";
  }
  bool idle() {
    host.run();
    const auto* feed = host.find(host.address("Feed", "f").id);
    return feed == nullptr || feed->idle();
  }

  ManualHost host;
};

TEST_F(StreamTest, ChunksAreMadeOneByOneAndTheSourceClosed) {
  auto stream = open("quick");
  EXPECT_EQ(log(), "open");
  EXPECT_EQ(pull(stream)->value, Chunk("1"));
  EXPECT_EQ(log(), "open 1");
  EXPECT_EQ(pull(stream)->value, Chunk("2"));
  EXPECT_EQ(pull(stream)->value, Chunk("3"));
  EXPECT_FALSE(idle());
  EXPECT_TRUE(ended(*pull(stream)));
  EXPECT_EQ(log(), "open 1 2 3 4 close");
  EXPECT_TRUE(idle());
}

TEST_F(StreamTest, NoChunkLeavesBeforeWhatWasWrittenIsDurable) {
  auto stream = open("quick");
  host.hold_commits();
  const auto first = pull(stream);
  EXPECT_FALSE(first->arrived());
  host.settle_commits(CommitOutcome::durable);
  EXPECT_EQ(first->value, Chunk("1"));
}

TEST_F(StreamTest, ALostCommitBreaksTheStreamOff) {
  auto stream = open("quick");
  EXPECT_EQ(pull(stream)->value, Chunk("1"));
  host.hold_commits();
  const auto lost = pull(stream);
  host.settle_commits(CommitOutcome::failed);
  ASSERT_TRUE(lost->error);
  EXPECT_TRUE(lost->error->object_reset());
  EXPECT_TRUE(pull(stream)->error);
  EXPECT_EQ(log(), "open 1");
  EXPECT_TRUE(idle());
}

TEST_F(StreamTest, AResponseWhoseCommitIsLostLeavesNoStream) {
  host.hold_commits();
  const auto answer = host.fetch("Feed", "f", Request::get("/quick"));
  host.run();
  EXPECT_FALSE(answer->arrived());
  host.settle_commits(CommitOutcome::failed);
  EXPECT_TRUE(answer->error);
  host.run();
  EXPECT_TRUE(idle());
}

TEST_F(StreamTest, AReaderThatGoesClosesTheSource) {
  auto stream = open("quick");
  EXPECT_EQ(pull(stream)->value, Chunk("1"));
  stream = BodyStream();
  EXPECT_TRUE(idle());
  EXPECT_EQ(log(), "open 1 close");
}

TEST_F(StreamTest, AReaderThatGoesCancelsWhatWaits) {
  auto stream = open("slow");
  const auto waiting = pull(stream);
  EXPECT_FALSE(waiting->arrived());
  stream = BodyStream();
  EXPECT_TRUE(idle());
  EXPECT_EQ(log(), "open 1 close");
  host.advance(1s);
  EXPECT_FALSE(waiting->value);
}

TEST_F(StreamTest, ChunksMayTakeTheirTime) {
  auto stream = open("slow");
  const auto first = pull(stream);
  EXPECT_EQ(log(), "open 1");
  EXPECT_FALSE(first->arrived());
  const auto second = pull(stream);
  ASSERT_TRUE(second->error);
  EXPECT_THAT(second->error->what(), HasSubstr("two reads"));
  host.advance(10ms);
  EXPECT_EQ(first->value, Chunk("1"));
}

TEST_F(StreamTest, AnExceptionBreaksTheStreamOff) {
  auto stream = open("throw");
  EXPECT_EQ(pull(stream)->value, Chunk("1"));
  const auto broken = pull(stream);
  ASSERT_TRUE(broken->error);
  EXPECT_STREQ(broken->error->what(), "no more paper");
  EXPECT_EQ(log(), "open 1 2 close");
  EXPECT_TRUE(pull(stream)->error);
  EXPECT_THAT(
      host.log_lines(),
      ::testing::Contains("Feed(f): the streamed body of fetch GET /throw failed: no more paper"));
}

TEST_F(StreamTest, AnExceptionOfCloseIsLogged) {
  auto stream = open("clumsy");
  stream = BodyStream();
  EXPECT_TRUE(idle());
  EXPECT_THAT(host.log_lines(),
              ::testing::Contains("Feed(f): closing the streamed body of fetch GET /clumsy failed: "
                                  "cannot close"));
}

TEST_F(StreamTest, AResetEndsEveryStream) {
  auto own = open("reset");
  auto other = open("slow");
  EXPECT_EQ(pull(own)->value, Chunk("1"));
  const auto waiting = pull(other);
  const auto broken = pull(own);
  ASSERT_TRUE(broken->error);
  EXPECT_TRUE(broken->error->object_reset());
  ASSERT_TRUE(waiting->error);
  EXPECT_TRUE(waiting->error->object_reset());
  const auto late = pull(other);
  ASSERT_TRUE(late->error);
  EXPECT_TRUE(late->error->object_reset());
  EXPECT_EQ(log(), "open open 1 1");  // what was written before stays
  EXPECT_TRUE(idle());
}

TEST_F(StreamTest, PullsWaitForACriticalSection) {
  auto stream = open("quick");
  const auto section = host.fetch("Feed", "f", Request::get("/exclusive"));
  host.run();
  const auto first = pull(stream);
  EXPECT_FALSE(first->arrived());
  host.advance(100ms);
  EXPECT_TRUE(section->arrived());
  EXPECT_EQ(first->value, Chunk("1"));
}

TEST_F(StreamTest, AResetReachesAPullThatWaitsForTheGate) {
  auto stream = open("quick");
  const auto section = host.fetch("Feed", "f", Request::get("/exclusive"));
  host.run();
  const auto first = pull(stream);
  host.find(host.address("Feed", "f").id)->shut_down(ResetError("stopped"));
  host.run();
  ASSERT_TRUE(first->error);
}

TEST_F(StreamTest, AStoppedNodeEndsStreams) {
  auto stream = open("quick");
  EXPECT_EQ(pull(stream)->value, Chunk("1"));
  auto* feed = host.find(host.address("Feed", "f").id);
  feed->shut_down(Error(ErrorCode::shutting_down, "stop"));
  EXPECT_TRUE(idle());
  EXPECT_TRUE(pull(stream)->error);
}

TEST_F(StreamTest, AnObjectReadsAnothersStream) {
  EXPECT_EQ(read("/quick"), "[1][2][3]");
  EXPECT_EQ(read("/slow"), "[1][2][3]");
  EXPECT_EQ(read("/silent"), "[][][3]");
  EXPECT_TRUE(idle());
}

TEST_F(StreamTest, AnObjectSeesWhyAStreamBreaksOff) {
  EXPECT_EQ(read("/throw"), "[1]error: no more paper");
  EXPECT_EQ(read("/reset"), "[1]reset: in the middle");
}

TEST_F(StreamTest, TwoReadsAtATimeAreRefused) {
  EXPECT_EQ(read("/twice"), "1, two reads of one stream at the same time: await the first");
  EXPECT_TRUE(idle());
}

TEST_F(StreamTest, AnObjectMayLeaveEarly) {
  EXPECT_EQ(read("/leave"), "1");
  EXPECT_TRUE(idle());
  EXPECT_THAT(log(), HasSubstr("close"));
}

TEST_F(StreamTest, AnUnreadStreamKeepsItsObjectUntilItsReaderGoes) {
  EXPECT_EQ(read("/keep"), "kept");
  EXPECT_FALSE(idle());
  auto* reader = host.find(host.address("Reader", "r").id);
  ASSERT_TRUE(reader->idle());
  reader->evict();
  EXPECT_TRUE(idle());
  EXPECT_EQ(log(), "open close");
}

TEST_F(StreamTest, AStreamThatIsHandedOnIsReadFromItsSource) {
  auto response = host.get("Reader", "r", Request::get("/pass/quick"));
  EXPECT_EQ(response.headers.get("X-First"), "1");
  EXPECT_TRUE(host.find(host.address("Reader", "r").id)->idle());
  EXPECT_EQ(pull(response.stream)->value, Chunk("2"));
  EXPECT_EQ(pull(response.stream)->value, Chunk("3"));
  EXPECT_TRUE(ended(*pull(response.stream)));
  EXPECT_TRUE(idle());
}

TEST_F(StreamTest, AnObjectSendsAStream) {
  EXPECT_EQ(read("/upload-Sink"), "[1][2][3]");
  EXPECT_EQ(read("/upload-Plain"), "whole 123");
}

TEST_F(StreamTest, AnObjectReadsItsOwn) {
  EXPECT_EQ(read("/own"), "123");
  EXPECT_EQ(read("/own-broken"), "1, broken at 2, broken at 2, ");
}

}  // namespace
}  // namespace stead
