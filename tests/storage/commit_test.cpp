#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::HasSubstr;

/// Commits whose outcome comes later.
class Commits : public StoreTest {
 protected:
  Commits() {
    run("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    EXPECT_TRUE(commit());
  }
  /// A commit that is under way; gives its number.
  std::uint64_t begin(std::string_view text) {
    run(text);
    EXPECT_TRUE(store().commit(++sequence_));
    return sequence_;
  }
  std::int64_t rows() { return number("SELECT count(*) FROM t"); }
};

TEST_F(Commits, AreSeenByTheObjectBeforeTheyAreDurable) {
  begin("INSERT INTO t(v) VALUES(1)");
  EXPECT_TRUE(store().pending());
  EXPECT_EQ(rows(), 1);
}

TEST_F(Commits, ThatFailedAreTakenBack) {
  store().durable(begin("INSERT INTO t(v) VALUES(1)"));
  begin("INSERT INTO t(v) VALUES(2)");
  begin("INSERT INTO t(v) VALUES(3)");
  store().rebuild();
  EXPECT_FALSE(store().pending());
  EXPECT_EQ(rows(), 1);
  reopen();
  EXPECT_EQ(rows(), 1);
}

TEST_F(Commits, ThatAreDurableSurviveARebuildWithoutTheFile) {
  for (int i = 0; i < 5; ++i) store().durable(begin("INSERT INTO t(v) VALUES(zeroblob(5000))"));
  store().rebuild();
  EXPECT_FALSE(exists());
  EXPECT_EQ(rows(), 5);
  begin("DELETE FROM t");
  store().rebuild();
  EXPECT_EQ(rows(), 5);
  reopen();
  EXPECT_EQ(rows(), 5);
  EXPECT_EQ(sql().one<std::string>("PRAGMA quick_check"), "ok");
}

TEST_F(Commits, FirstOneThatFailsLeavesNoTrace) {
  delete_all();
  store().checkpoint();
  begin("CREATE TABLE u(v)");
  EXPECT_TRUE(store().stored());
  store().rebuild();
  EXPECT_FALSE(store().stored());
  EXPECT_THAT(error_of("SELECT * FROM u"), HasSubstr("no such table"));
  reopen();
  EXPECT_FALSE(exists());
}

TEST_F(Commits, FirstOneHasEachPageOnce) {
  delete_all();
  store().checkpoint();
  run("CREATE TABLE u(v)");
  run("INSERT INTO u VALUES(1)");
  const auto transaction = store().commit(++sequence_);
  ASSERT_TRUE(transaction);
  EXPECT_EQ(transaction->kind, Transaction::Kind::create);
  EXPECT_EQ(transaction->entries, transaction->pages);
}

TEST_F(Commits, PartsOfATurnAreOne) {
  run("INSERT INTO t(v) VALUES(1)");
  EXPECT_FALSE(store().commit_part(sequence_ + 1));
  EXPECT_TRUE(store().dirty());
  EXPECT_FALSE(store().unflushed());
  const auto all = store().commit(++sequence_);
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->confirmed);
  EXPECT_FALSE(store().dirty());
  store().durable(sequence_);
  store().rebuild();
  EXPECT_EQ(rows(), 1);
}

TEST_F(Commits, PartsAreTakenBackWithTheTurn) {
  store().durable(begin("INSERT INTO t(v) VALUES(1)"));
  for (int i = 0; i < 3; ++i) {
    run("UPDATE t SET v = v + 1");
    run("INSERT INTO t(v) VALUES(10)");
    EXPECT_FALSE(store().commit_part(sequence_ + 1));
  }
  run("INSERT INTO t(v) VALUES(10)");
  store().rollback();
  store().rebuild();
  EXPECT_FALSE(store().dirty());
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(number("SELECT v FROM t"), 1);
  reopen();
  EXPECT_EQ(number("SELECT sum(v) FROM t"), 1);
}

TEST_F(Commits, PartsLeaveWhatEarlierTurnsMade) {
  durability_ = Durability::none;
  reopen();
  run("INSERT INTO t(v) VALUES(1)");
  EXPECT_FALSE(store().commit(++sequence_));
  run("INSERT INTO t(v) VALUES(2)");
  EXPECT_TRUE(store().commit_part(++sequence_)) << "what the turn before has left";
  store().durable(sequence_);
  store().rebuild();
  EXPECT_EQ(rows(), 1);
}

TEST_F(Commits, OfAnObjectInMemoryOnlyReachTheFileAtACheckpoint) {
  EXPECT_FALSE(exists());
  store().checkpoint();
  const auto size = std::filesystem::file_size(path());
  for (int i = 0; i < 50; ++i) store().durable(begin("INSERT INTO t(v) VALUES(zeroblob(4000))"));
  EXPECT_EQ(std::filesystem::file_size(path()), size);
  store().checkpoint();
  EXPECT_GT(std::filesystem::file_size(path()), size + 50 * 4000);
  EXPECT_TRUE(store().take_disk_changed());
  EXPECT_FALSE(store().take_disk_changed());
  EXPECT_EQ(rows(), 50);
}

TEST_F(Commits, OfManyPagesAskForACheckpoint) {
  int commits = 0;
  while (!store().wants_checkpoint()) {
    store().durable(begin("INSERT INTO t(v) VALUES(randomblob(3000))"));
    ASSERT_LT(++commits, 10'000);
  }
  EXPECT_GT(commits, 500);
  store().checkpoint();
  EXPECT_FALSE(store().wants_checkpoint());
  EXPECT_EQ(rows(), commits);
}

TEST_F(Commits, OfOneRowNeedNoMoreMemoryHoweverMany) {
  store().durable(begin("INSERT INTO t VALUES(1, 1)"));
  store().durable(begin("UPDATE t SET v = v + 1"));
  const auto memory = store().memory();
  for (int i = 0; i < 2'000; ++i) store().durable(begin("UPDATE t SET v = v + 1"));
  EXPECT_EQ(store().memory(), memory);
  EXPECT_FALSE(store().wants_checkpoint());
}

TEST_F(Commits, ThatChangeNothingNeedNotBecomeDurable) {
  store().durable(begin("INSERT INTO t VALUES(1, 1)"));
  run("REPLACE INTO t VALUES(1, 1)");
  EXPECT_FALSE(store().commit(++sequence_));
}

TEST_F(Commits, LargerThanMemorySpillAndStayAtomic) {
  page_memory_ = 64 << 10;
  reopen();
  const auto big =
      "INSERT INTO t(v) SELECT randomblob(3000) FROM "
      "(WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < "
      "5000) SELECT i FROM n)";
  run(big);
  auto transaction = store().commit(++sequence_);
  ASSERT_TRUE(transaction);
  EXPECT_TRUE(transaction->file);
  EXPECT_GT(transaction->size, 10u << 20);
  store().durable(sequence_);
  EXPECT_EQ(rows(), 5000);
  begin(big);
  store().rebuild();
  EXPECT_EQ(rows(), 5000);
  reopen();
  EXPECT_EQ(rows(), 5000);
  EXPECT_EQ(sql().one<std::string>("PRAGMA quick_check"), "ok");
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path() + "/spill"));
}

TEST_F(Commits, DeleteAllThatFailsBringsEverythingBack) {
  begin("INSERT INTO t(v) VALUES(1)");
  store().durable(sequence_);
  begin("INSERT INTO t(v) VALUES(2)");
  const auto survives = sequence_;
  EXPECT_TRUE(store().delete_all(++sequence_));
  begin("CREATE TABLE u(v)");
  store().durable(survives);
  store().rebuild();
  EXPECT_EQ(rows(), 2);
  EXPECT_FALSE(error_of("SELECT * FROM u").empty());
}

TEST_F(Commits, DeleteAllKeepsTheFileUntilItIsDurable) {
  reopen();
  EXPECT_EQ(rows(), 0);
  store().delete_all(++sequence_);
  EXPECT_TRUE(exists());
  EXPECT_FALSE(store().stored());
  store().durable(sequence_);
  store().checkpoint();
  EXPECT_FALSE(exists());
}

TEST_F(Commits, ObjectThatShrinksGivesItsPagesBack) {
  for (int i = 0; i < 20; ++i) store().durable(begin("INSERT INTO t(v) VALUES(zeroblob(50000))"));
  store().checkpoint();
  const auto size = std::filesystem::file_size(path());
  store().durable(begin("DELETE FROM t"));
  store().checkpoint();
  store().durable(begin("INSERT INTO t(v) VALUES(1)"));
  store().checkpoint();
  EXPECT_LT(std::filesystem::file_size(path()), size / 10);
  EXPECT_EQ(rows(), 1);
}

TEST_F(Commits, UnconfirmedOnesSaySo) {
  run("INSERT INTO t(v) VALUES(1)");
  EXPECT_TRUE(store().commit(++sequence_)->confirmed);
  {
    const auto scope = store().unconfirmed_writes();
    run("INSERT INTO t(v) VALUES(2)");
  }
  EXPECT_FALSE(store().commit(++sequence_)->confirmed);
  {
    const auto scope = store().unconfirmed_writes();
    run("INSERT INTO t(v) VALUES(3)");
  }
  run("INSERT INTO t(v) VALUES(4)");
  EXPECT_TRUE(store().commit(++sequence_)->confirmed);
}

TEST_F(Commits, WithoutDurabilityWaitForAFlush) {
  durability_ = Durability::none;
  reopen();
  run("INSERT INTO t(v) VALUES(1)");
  EXPECT_FALSE(store().commit(++sequence_));
  EXPECT_TRUE(store().unflushed());
  run("INSERT INTO t(v) VALUES(2)");
  EXPECT_FALSE(store().commit(++sequence_));
  EXPECT_TRUE(store().flush(sequence_));
  EXPECT_FALSE(store().unflushed());
  store().durable(sequence_);
  run("INSERT INTO t(v) VALUES(3)");
  store().request_flush();
  EXPECT_TRUE(store().commit(++sequence_));
}

TEST_F(Commits, WithoutDurabilityAskForACheckpointWhenManyAreUnflushed) {
  durability_ = Durability::none;
  reopen();
  run("INSERT INTO t VALUES(1, 1)");
  int commits = 0;
  while (!store().wants_checkpoint()) {
    run("UPDATE t SET v = v + 1");
    EXPECT_FALSE(store().commit(++sequence_));
    ASSERT_LT(++commits, 10'000);
  }
  const auto transaction = store().flush(++sequence_);
  ASSERT_TRUE(transaction);
  EXPECT_LT(transaction->size, 4'096U) << "one image of the page, not each commit's patch";
}

TEST_F(Commits, FlushLeavesOutWhatTheOpenTransactionHasWritten) {
  durability_ = Durability::none;
  page_memory_ = 64 << 10;
  reopen();
  run("INSERT INTO t(v) VALUES(1)");
  EXPECT_FALSE(store().commit(++sequence_));
  run("UPDATE t SET v = 2");
  // Larger than SQLite's page cache, so that pages are written before the commit.
  run("INSERT INTO t(v) SELECT randomblob(3000) FROM "
      "(WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < "
      "3000) SELECT i FROM n)");
  EXPECT_TRUE(store().flush(++sequence_));
  store().durable(sequence_);
  store().rollback();
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(number("SELECT v FROM t"), 1);
  store().checkpoint();
  reopen();
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(number("SELECT v FROM t"), 1);
  EXPECT_EQ(sql().one<std::string>("PRAGMA quick_check"), "ok");
}

}  // namespace
}  // namespace stead::test
