#include <gtest/gtest.h>

#include "runtime/stead.h"
#include "tests/support/manual_host.h"

namespace stead {
namespace {

using namespace std::chrono_literals;
using test::ManualHost;

/// Does what the path of a request says.
class Subject final : public DurableObject {
 public:
  static constexpr const char* migrations[] = {
      "CREATE TABLE log(line TEXT)",
  };

  explicit Subject(State& state) : DurableObject(state) { ++constructions; }

  static inline int constructions = 0;

  Task<Response> fetch(Request request) override {
    const auto path = request.path();
    if (path == "/lines") return Response::text(lines());
    if (path == "/write") return write(request.body);
    if (path == "/write-then-throw") return write_then_throw(request.body);
    if (path == "/rollback") return roll_back(request.body);
    if (path == "/abort") return write_then_abort(request.body);
    if (path == "/sleep") return sleep_between(request.body);
    if (path == "/section") return section(request.body);
    if (path == "/failing-section") return failing_section();
    if (path == "/nested") return Response::text(std::to_string(nest(0)));
    if (path == "/read-modify-write") return read_modify_write();
    if (path == "/sync") return write_and_sync(request.body);
    if (path == "/background") return background(request.body);
    return Response::text("?", 404);
  }

  void add_line(const std::string& line) { sql().exec("INSERT INTO log VALUES(?)", line); }

  std::string lines() {
    std::string all;
    for (const auto& line : sql().rows<std::string>("SELECT line FROM log ORDER BY rowid")) {
      all += (all.empty() ? "" : ",") + line;
    }
    return all;
  }

 private:
  Task<Response> write(const std::string& line) {
    add_line(line);
    return Response::text("written");
  }

  Task<Response> write_then_throw(const std::string& line) {
    add_line(line);
    throw std::runtime_error("thrown on purpose");
  }

  Task<Response> roll_back(const std::string& line) {
    try {
      storage().transaction_sync([&] {
        add_line(line);
        storage().transaction_sync([&] { add_line(line + "-inner"); });
        throw std::runtime_error("no");
      });
    } catch (const std::runtime_error&) {
    }
    return Response::text("rolled back");
  }

  Task<Response> write_then_abort(const std::string& line) {
    add_line(line);
    state().abort("aborted on purpose");
  }

  Task<Response> sleep_between(std::string line) {
    add_line(line + "-before");
    co_await state().sleep(100ms);
    add_line(line + "-after");
    co_return Response::text("slept");
  }

  Task<Response> section(std::string line) {
    auto result = co_await block_concurrency_while([&]() -> Task<int> {
      add_line(line + "-in");
      co_await state().sleep(100ms);
      add_line(line + "-out");
      co_return 7;
    });
    co_return Response::text(std::to_string(result));
  }

  Task<Response> failing_section() {
    co_await block_concurrency_while([&]() -> Task<void> {
      add_line("lost");
      throw std::runtime_error("section failed");
      co_return;
    });
    co_return Response::text("never");
  }

  int nest(int depth) {
    try {
      auto inner = block_concurrency_while([&]() -> Task<int> { return nest(depth + 1); });
      return inner.done() ? inner.take() : -1;
    } catch (const RangeError&) {
      return depth;
    }
  }

  /// Loses updates unless nothing interleaves.
  Task<Response> read_modify_write() {
    int value = kv().get<int>("n").value_or(0);
    kv().put("n", value + 1);
    return Response::text(std::to_string(value + 1));
  }

  Task<Response> write_and_sync(std::string line) {
    add_line(line);
    co_await storage().sync();
    add_line(line + "-synced");
    co_return Response::text("ok");
  }

  Task<Response> background(std::string line) {
    state().wait_until(write_later(line));
    return Response::text("answered");
  }

  Task<void> write_later(std::string line) {
    co_await state().sleep(1s);
    add_line(line);
  }
};

class Turn : public ::testing::Test {
 protected:
  Turn() {
    Subject::constructions = 0;
    host.app.add<Subject>("Subject");
    host.start();
  }
  std::string body(const std::string& path, const std::string& text = {}) {
    return host.get("Subject", "one", Request::post(path, text)).body;
  }
  auto start(const std::string& path, const std::string& text = {}) {
    auto answer = host.fetch("Subject", "one", Request::post(path, text));
    host.run();
    return answer;
  }
  ManualHost host;
};

TEST_F(Turn, KeepsWhatAHandlerWroteWhenTheObjectIsEvicted) {
  EXPECT_EQ(body("/write", "a"), "written");
  host.evict_all();
  EXPECT_EQ(body("/lines"), "a");
  EXPECT_EQ(Subject::constructions, 2);
}

TEST_F(Turn, ReadingAnObjectThatNeverWroteCreatesNothing) {
  EXPECT_EQ(body("/lines"), "");
  host.evict_all();
  EXPECT_TRUE(host.created.empty());
  EXPECT_EQ(host.commits(), 0U);
}

TEST_F(Turn, TellsOfAnObjectAtItsFirstWriteOnly) {
  body("/write", "a");
  body("/write", "b");
  EXPECT_EQ(host.created, std::set<std::string>{"Subject(one)"});
  EXPECT_EQ(host.commits(), 2U);
}

TEST_F(Turn, KeepsWhatWasWrittenBeforeAnException) {
  EXPECT_THROW(body("/write-then-throw", "kept"), Error);
  EXPECT_EQ(body("/lines"), "kept");
  EXPECT_EQ(Subject::constructions, 1) << "an exception does not reset the object";
}

TEST_F(Turn, TransactionSyncUndoesWhatItsBodyWrote) {
  EXPECT_EQ(body("/rollback", "lost"), "rolled back");
  EXPECT_EQ(body("/lines"), "");
}

TEST_F(Turn, AbortLosesTheTurnAndResetsTheObject) {
  body("/write", "kept");
  const auto answer = start("/abort", "lost");
  ASSERT_TRUE(answer->error);
  EXPECT_EQ(answer->error->code(), ErrorCode::reset);
  EXPECT_TRUE(answer->error->object_reset());
  EXPECT_STREQ(answer->error->what(), "aborted on purpose");
  EXPECT_EQ(body("/lines"), "kept");
  EXPECT_EQ(Subject::constructions, 2);
}

TEST_F(Turn, EndsAtAnAwaitSoThatOthersRunMeanwhile) {
  const auto sleeping = start("/sleep", "s");
  EXPECT_EQ(body("/lines"), "s-before");
  EXPECT_EQ(host.commits(), 1U);
  EXPECT_FALSE(sleeping->arrived());
  host.advance(100ms);
  ASSERT_TRUE(sleeping->value);
  EXPECT_EQ(body("/lines"), "s-before,s-after");
}

TEST_F(Turn, AnObjectThatWaitsIsNotIdle) {
  const auto sleeping = start("/sleep", "s");
  EXPECT_FALSE(host.find(host.address("Subject", "one").id)->idle());
  host.advance(100ms);
  EXPECT_TRUE(host.find(host.address("Subject", "one").id)->idle());
}

TEST_F(Turn, WaitUntilKeepsTheObjectAfterItsAnswer) {
  const auto answer = start("/background", "later");
  ASSERT_TRUE(answer->value);
  EXPECT_FALSE(host.find(host.address("Subject", "one").id)->idle());
  host.advance(1s);
  EXPECT_EQ(body("/lines"), "later");
}

TEST_F(Turn, HoldsAnAnswerUntilItsCommitIsDurable) {
  host.hold_commits();
  const auto writing = start("/write", "a");
  EXPECT_FALSE(writing->arrived());
  host.settle_commits(CommitOutcome::durable);
  EXPECT_TRUE(writing->value);
}

TEST_F(Turn, HoldsAnAnswerThatOnlyReadUntilEarlierCommitsAreDurable) {
  host.hold_commits();
  start("/write", "a");
  const auto reading = start("/lines");
  EXPECT_FALSE(reading->arrived()) << "it tells of what may yet be lost";
  host.settle_commits(CommitOutcome::durable);
  EXPECT_TRUE(reading->value);
}

TEST_F(Turn, HoldsErrorsAsWell) {
  host.hold_commits();
  const auto failing = start("/write-then-throw", "a");
  EXPECT_FALSE(failing->arrived());
  host.settle_commits(CommitOutcome::durable);
  EXPECT_TRUE(failing->error);
}

TEST_F(Turn, AFailedCommitReplacesTheAnswerAndResetsTheObject) {
  host.hold_commits();
  const auto writing = start("/write", "a");
  host.settle_commits(CommitOutcome::failed);
  ASSERT_TRUE(writing->error);
  EXPECT_EQ(writing->error->code(), ErrorCode::storage);
  EXPECT_TRUE(writing->error->object_reset());
}

TEST_F(Turn, SyncWaitsForDurability) {
  host.hold_commits();
  const auto syncing = start("/sync", "a");
  EXPECT_EQ(host.commits(), 1U);
  host.settle_commits(CommitOutcome::durable);
  EXPECT_EQ(host.commits(), 2U) << "the code behind sync() has run";
  host.settle_commits(CommitOutcome::durable);
  EXPECT_TRUE(syncing->value);
}

TEST_F(Turn, ACriticalSectionHoldsOtherEventsBack) {
  const auto in_section = start("/section", "s");
  const auto other = start("/write", "other");
  EXPECT_FALSE(other->arrived());
  host.advance(100ms);
  ASSERT_TRUE(in_section->value);
  EXPECT_EQ(in_section->value->body, "7");
  EXPECT_EQ(body("/lines"), "s-in,s-out,other");
}

TEST_F(Turn, ACriticalSectionThatThrowsResetsTheObject) {
  const auto answer = start("/failing-section");
  ASSERT_TRUE(answer->error);
  EXPECT_TRUE(answer->error->object_reset());
  EXPECT_STREQ(answer->error->what(), "section failed");
  EXPECT_EQ(body("/lines"), "");
}

TEST_F(Turn, ACriticalSectionThatTakesTooLongResetsTheObject) {
  host.settings.object.critical_section = 50ms;
  const auto answer = start("/section", "s");
  host.advance(50ms);
  ASSERT_TRUE(answer->error);
  EXPECT_TRUE(answer->error->overloaded());
  EXPECT_TRUE(answer->error->object_reset());
}

TEST_F(Turn, CriticalSectionsNestTo64) { EXPECT_EQ(body("/nested"), "64"); }

TEST_F(Turn, NeverLosesAnUpdate) {
  std::vector<std::shared_ptr<test::Answer<Response>>> answers;
  for (int i = 0; i < 100; ++i) {
    answers.push_back(host.fetch("Subject", "one", Request::post("/read-modify-write")));
  }
  host.run();
  EXPECT_EQ(answers.back()->value->body, "100");
}

TEST_F(Turn, RefusesCallsBeyondTheQueueBound) {
  host.settings.object.queued_calls = 3;
  start("/section", "s");
  std::vector<std::shared_ptr<test::Answer<Response>>> answers;
  for (int i = 0; i < 4; ++i) answers.push_back(start("/write", "w"));
  ASSERT_TRUE(answers[3]->error);
  EXPECT_TRUE(answers[3]->error->overloaded());
  EXPECT_FALSE(answers[2]->arrived());
  host.advance(100ms);
  EXPECT_TRUE(answers[2]->value);
  EXPECT_EQ(host.load().calls, 0U);
  EXPECT_EQ(host.load().bytes, 0U);
}

TEST_F(Turn, RefusesCallsBeyondTheByteBound) {
  host.settings.object.queued_bytes = 100;
  start("/section", "s");
  const auto first = start("/write", std::string(80, 'x'));
  const auto second = start("/write", std::string(80, 'y'));
  EXPECT_FALSE(first->arrived());
  ASSERT_TRUE(second->error);
  EXPECT_TRUE(second->error->overloaded());
}

TEST_F(Turn, RefusesCallsThatWaitedTooLong) {
  host.settings.object.queue_age = 60ms;
  start("/section", "s");
  const auto waiting = start("/write", "w");
  host.advance(100ms);
  ASSERT_TRUE(waiting->error);
  EXPECT_TRUE(waiting->error->overloaded());
}

TEST_F(Turn, RefusesCallsBeyondTheNodesBound) {
  host.load_limit_.calls = 2;
  start("/section", "s");
  start("/write", "1");
  start("/write", "2");
  const auto refused = host.fetch("Subject", "two", Request::get("/lines"));
  ASSERT_TRUE(refused->error);
  EXPECT_TRUE(refused->error->overloaded());
}

class Moody final : public DurableObject {
 public:
  static inline bool fails = true;
  explicit Moody(State& state) : DurableObject(state) {
    kv().put("tried", true);
    if (fails) throw std::runtime_error("constructor failed");
  }
  Task<Response> fetch(Request) override { return Response::text("built"); }
};

TEST(Constructor, ThatThrowsFailsTheCallAndIsTriedAgainByTheNext) {
  ManualHost host;
  host.app.add<Moody>("Moody");
  host.start();
  Moody::fails = true;
  EXPECT_THROW(host.get("Moody", "m"), Error);
  Moody::fails = false;
  EXPECT_EQ(host.get("Moody", "m").body, "built");
}

class Prepared final : public DurableObject {
 public:
  explicit Prepared(State& state) : DurableObject(state) {
    auto ignored = block_concurrency_while([this]() -> Task<void> {
      co_await this->state().sleep(10ms);
      ready_ = true;
    });
  }
  Task<Response> fetch(Request) override { return Response::text(ready_ ? "ready" : "not ready"); }

 private:
  bool ready_ = false;
};

TEST(Constructor, MayCloseTheGateUntilItIsReady) {
  ManualHost host;
  host.app.add<Prepared>("Prepared");
  host.start();
  const auto first = host.fetch("Prepared", "p", Request::get("/"));
  const auto second = host.fetch("Prepared", "p", Request::get("/"));
  host.run();
  EXPECT_FALSE(first->arrived());
  host.advance(10ms);
  ASSERT_TRUE(first->value && second->value);
  EXPECT_EQ(first->value->body, "ready");
  EXPECT_EQ(second->value->body, "ready");
}

TEST(Destruction, OfAHostWithWaitingObjectsIsClean) {
  auto host = std::make_unique<ManualHost>();
  host->app.add<Subject>("Subject");
  host->start();
  const auto answer = host->fetch("Subject", "one", Request::post("/section", "s"));
  host->run();
  host.reset();
  EXPECT_FALSE(answer->arrived());
}

}  // namespace
}  // namespace stead
