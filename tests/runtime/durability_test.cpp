#include <gmock/gmock.h>

#include "runtime/stead.h"
#include "tests/support/manual_host.h"

namespace stead {
namespace {

using test::ManualHost;
using ::testing::HasSubstr;

class Numbers : public DurableObject {
 public:
  static constexpr const char* migrations[] = {"CREATE TABLE t(v)"};
  using DurableObject::DurableObject;

  Task<Response> fetch(Request request) override {
    if (request.path() == "/add") {
      add();
    } else if (request.path() == "/add-unconfirmed") {
      const auto scope = storage().allow_unconfirmed();
      add();
    } else if (request.path() == "/sync") {
      co_await storage().sync();
    } else if (request.path() == "/delete") {
      storage().delete_all();
    } else if (request.path() == "/abort") {
      state().abort("on purpose");
    } else if (request.path() == "/large") {
      for (int i = 0; i < 4; ++i) sql().exec("INSERT INTO t VALUES(zeroblob(1500000))");
    }
    auto count = sql().one<int>("SELECT count(*) FROM t");
    co_return Response::text(std::to_string(count));
  }

 private:
  void add() { sql().exec("INSERT INTO t VALUES(1)"); }
};

class Cache final : public Numbers {
 public:
  static constexpr auto durability = Durability::none;
  using Numbers::Numbers;
};

class DurabilityTest : public ::testing::Test {
 protected:
  DurabilityTest() {
    host.app.add<Numbers>("Numbers");
    host.app.add<Cache>("Cache");
    host.start();
  }
  auto start(const std::string& path, const std::string& of = "Numbers") {
    auto answer = host.fetch(of, "one", Request::post(path, ""));
    host.run();
    return answer;
  }
  std::string get(const std::string& path, const std::string& of = "Numbers") {
    return host.get(of, "one", Request::post(path, "")).body;
  }
  ManualHost host;
};

TEST_F(DurabilityTest, AnUnconfirmedWriteDoesNotHoldItsAnswer) {
  host.hold_commits();
  const auto answer = start("/add-unconfirmed");
  ASSERT_TRUE(answer->value);
  EXPECT_EQ(answer->value->body, "1");
  EXPECT_EQ(host.commits(), 1U);
}

TEST_F(DurabilityTest, AnUnconfirmedWriteWaitsBehindAConfirmedOne) {
  host.hold_commits();
  const auto confirmed = start("/add");
  const auto unconfirmed = start("/add-unconfirmed");
  EXPECT_FALSE(confirmed->arrived());
  EXPECT_FALSE(unconfirmed->arrived());
  host.settle_commits(CommitOutcome::durable);
  EXPECT_TRUE(confirmed->value);
  EXPECT_TRUE(unconfirmed->value);
}

TEST_F(DurabilityTest, SyncWaitsForUnconfirmedWritesToo) {
  host.hold_commits();
  start("/add-unconfirmed");
  const auto synced = start("/sync");
  EXPECT_FALSE(synced->arrived());
  host.settle_commits(CommitOutcome::durable);
  EXPECT_TRUE(synced->value);
}

TEST_F(DurabilityTest, AFailedUnconfirmedWriteIsTakenBack) {
  host.hold_commits();
  start("/add-unconfirmed");
  host.settle_commits(CommitOutcome::failed);
  EXPECT_EQ(get("/count"), "0");
}

TEST_F(DurabilityTest, AFailedCommitIsTakenBackWithAllThatFollowedIt) {
  EXPECT_EQ(get("/add"), "1");
  host.hold_commits();
  const auto first = start("/add");
  const auto second = start("/add");
  host.settle_commits(CommitOutcome::failed);
  EXPECT_TRUE(first->error);
  EXPECT_TRUE(second->error);
  const auto reading = start("/count");
  ASSERT_TRUE(reading->value);
  EXPECT_EQ(reading->value->body, "1");
}

TEST_F(DurabilityTest, AResetKeepsCommitsThatAreUnderWay) {
  host.hold_commits();
  const auto adding = start("/add");
  start("/abort");
  const auto reading = start("/count");
  EXPECT_FALSE(reading->arrived()) << "the new instance waits until what it builds on is known";
  host.settle_commits(CommitOutcome::durable);
  EXPECT_EQ(adding->value->body, "1");
  ASSERT_TRUE(reading->value);
  EXPECT_EQ(reading->value->body, "1");
}

TEST_F(DurabilityTest, AFailedDeleteAllBringsEverythingBack) {
  EXPECT_EQ(get("/add"), "1");
  host.hold_commits();
  const auto deleting = start("/delete");
  EXPECT_FALSE(deleting->arrived());
  host.settle_commits(CommitOutcome::failed);
  EXPECT_TRUE(deleting->error);
  EXPECT_EQ(get("/count"), "1");
}

TEST_F(DurabilityTest, WhileTheNodeTakesNoWritesReadsGoOn) {
  get("/add");
  host.refusing = "the disk is full";
  const auto refused = start("/add");
  ASSERT_TRUE(refused->error);
  EXPECT_EQ(refused->error->code(), ErrorCode::overloaded);
  EXPECT_TRUE(refused->error->retryable());
  EXPECT_THAT(refused->error->what(), HasSubstr("the disk is full"));
  EXPECT_EQ(get("/count"), "1");
  host.refusing.clear();
  EXPECT_EQ(get("/add"), "2");
}

TEST_F(DurabilityTest, AnObjectWithMuchInMemoryMovesItIntoItsFile) {
  get("/add");
  EXPECT_GT(host.memory, 0);
  get("/large");
  EXPECT_EQ(get("/count"), "5");
  EXPECT_EQ(host.memory, 0);
}

TEST_F(DurabilityTest, ACacheAnswersBeforeItsWritesAreStored) {
  host.hold_commits();
  EXPECT_TRUE(start("/add", "Cache")->value);
  EXPECT_EQ(host.commits(), 0U);
  const auto synced = start("/sync", "Cache");
  EXPECT_EQ(host.commits(), 1U);
  EXPECT_FALSE(synced->arrived());
  host.settle_commits(CommitOutcome::durable);
  EXPECT_TRUE(synced->value);
}

TEST_F(DurabilityTest, ACacheIsStoredWhenItLeavesMemory) {
  get("/add", "Cache");
  auto& live = *host.find(host.address("Cache", "one").id);
  EXPECT_FALSE(live.evict()) << "it has to become durable first";
  host.run();
  EXPECT_TRUE(live.evict());
  EXPECT_EQ(host.commits(), 1U);
  EXPECT_EQ(get("/count", "Cache"), "1");
}

}  // namespace
}  // namespace stead
