#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::HasSubstr;

class Transactions : public StoreTest {
 protected:
  Transactions() {
    migrations_ = {"CREATE TABLE t(v UNIQUE)"};
    reopen();
  }
  std::int64_t count() { return number("SELECT count(*) FROM t"); }
};

TEST_F(Transactions, FirstWriteOpensItAndReadsDoNot) {
  count();
  EXPECT_FALSE(store().dirty());
  run("INSERT INTO t VALUES(1)");
  EXPECT_TRUE(store().dirty());
  EXPECT_TRUE(commit());
  EXPECT_FALSE(store().dirty());
  EXPECT_FALSE(commit());
}

TEST_F(Transactions, HookRunsBeforeTheFirstWriteOfEach) {
  int calls = 0;
  store().set_on_write([&] { ++calls; });
  count();
  store().transaction_sync([&] { count(); });
  EXPECT_EQ(calls, 0);
  commit();
  run("INSERT INTO t VALUES(1)");
  kv().put("k", 1);
  EXPECT_EQ(calls, 1);
  commit();
  kv().put("k", 2);
  EXPECT_EQ(calls, 2);
}

TEST_F(Transactions, CommitThatChangedNothingIsNotDurableWork) {
  run("CREATE TABLE IF NOT EXISTS t(v)");
  EXPECT_TRUE(store().dirty());
  EXPECT_FALSE(commit());
  EXPECT_FALSE(exists());
  run("INSERT INTO t VALUES(1)");
  EXPECT_TRUE(commit());
  run("CREATE TABLE IF NOT EXISTS t(v)");
  EXPECT_FALSE(commit());
  run("UPDATE t SET v = 3 WHERE v = 99");
  EXPECT_FALSE(commit());
  run("CREATE TABLE u(v)");
  EXPECT_TRUE(commit());
}

TEST_F(Transactions, RollbackUndoesSqlAndKv) {
  run("INSERT INTO t VALUES(1)");
  commit();
  run("INSERT INTO t VALUES(2)");
  kv().put("k", 1);
  store().rollback();
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(kv().get("k"), std::nullopt);
}

TEST_F(Transactions, WritesBeforeAThrowStay) {
  EXPECT_THROW(run("INSERT INTO t VALUES(1); INSERT INTO t VALUES(1)"), SqlError);
  EXPECT_TRUE(commit());
  EXPECT_EQ(count(), 1);
}

TEST_F(Transactions, SyncReturnsItsValueAndUndoesOnThrow) {
  EXPECT_EQ(store().transaction_sync([&] {
    run("INSERT INTO t VALUES(1)");
    return std::string("done");
  }),
            "done");
  EXPECT_THROW(store().transaction_sync([&] {
    run("INSERT INTO t VALUES(2)");
    throw TypeError("undo");
  }),
               TypeError);
  EXPECT_EQ(count(), 1);
  EXPECT_TRUE(commit());
}

TEST_F(Transactions, SyncNests) {
  store().transaction_sync([&] {
    run("INSERT INTO t VALUES(1)");
    EXPECT_THROW(store().transaction_sync([&] {
      run("INSERT INTO t VALUES(2)");
      throw TypeError("undo");
    }),
                 TypeError);
    store().transaction_sync([&] { run("INSERT INTO t VALUES(3)"); });
  });
  EXPECT_EQ(number("SELECT sum(v) FROM t"), 4);
  EXPECT_THROW(store().transaction_sync([&] {
    store().transaction_sync([&] { run("INSERT INTO t VALUES(5)"); });
    throw TypeError("undo");
  }),
               TypeError);
  EXPECT_EQ(number("SELECT sum(v) FROM t"), 4);
}

TEST_F(Transactions, DeferredForeignKeyFailsTheCommit) {
  run("CREATE TABLE p(id PRIMARY KEY);"
      "CREATE TABLE c(p REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED)");
  commit();
  run("INSERT INTO t VALUES(1); INSERT INTO c VALUES(1)");
  EXPECT_THAT(thrown<SqlError>([&] { commit(); }), HasSubstr("last good state"));
  EXPECT_THROW(count(), SqlError);
  reopen();
  EXPECT_EQ(count(), 0);
}

TEST_F(Transactions, DeferForeignKeysLastsOneTransaction) {
  run("CREATE TABLE p(id PRIMARY KEY); CREATE TABLE c(p REFERENCES p(id))");
  commit();
  for (int i = 0; i < 2; ++i) {
    run("PRAGMA defer_foreign_keys = on");
    sql().exec("INSERT INTO c VALUES(?)", i);
    sql().exec("INSERT INTO p VALUES(?)", i);
    EXPECT_TRUE(commit());
  }
  EXPECT_THROW(run("INSERT INTO c VALUES(9)"), SqlError);
}

TEST_F(Transactions, StatementThatRollsEverythingBackIsCritical) {
  run("INSERT INTO t VALUES(1)");
  commit();
  run("INSERT INTO t VALUES(2)");
  EXPECT_THROW(store().transaction_sync([&] {
    try {
      run("INSERT OR ROLLBACK INTO t VALUES(1)");
    } catch (const StorageError&) {
    }
  }),
               StorageError);
  EXPECT_TRUE(store().critical_error());
  EXPECT_THROW(commit(), StorageError);
  EXPECT_THROW(kv().put("k", 1), StorageError);
  reopen();
  EXPECT_EQ(count(), 1);
}

TEST_F(Transactions, HookMayRefuseTheWrite) {
  store().set_on_write([] { throw StorageError("the disk is full"); });
  EXPECT_THROW(run("INSERT INTO t VALUES(1)"), StorageError);
  EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace stead::test
