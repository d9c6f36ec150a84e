#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::HasSubstr;

class Savepoints : public StoreTest {
 protected:
  Savepoints() {
    migrations_ = {"CREATE TABLE t(v UNIQUE)"};
    reopen();
  }
  Database& database() { return store().database(); }
  std::string values() {
    return sql().one<std::string>("SELECT coalesce(group_concat(v, ''), '') FROM t");
  }
  void put(const std::string& value) { sql().exec("INSERT INTO t VALUES(?)", value); }
};

TEST_F(Savepoints, ByName) {
  database().open_savepoint("a");
  put("1");
  database().open_savepoint("b \"quoted\"");
  put("2");
  database().rollback_to_savepoint("B \"QUOTED\"");
  put("3");
  EXPECT_EQ(database().savepoint_depth(), 2);
  database().release_savepoint("b \"quoted\"");
  EXPECT_EQ(values(), "13");
  database().release_savepoint("a");
  EXPECT_EQ(database().savepoint_depth(), 0);
  EXPECT_TRUE(commit());
  EXPECT_EQ(values(), "13");
}

TEST_F(Savepoints, OuterOneEndsThoseWithin) {
  database().open_savepoint("a");
  put("1");
  database().open_savepoint("b");
  put("2");
  database().open_savepoint("c");
  database().rollback_to_savepoint("a");
  EXPECT_EQ(database().savepoint_depth(), 1);
  EXPECT_EQ(values(), "");
  database().open_savepoint("b");
  put("3");
  database().release_savepoint("a");
  EXPECT_EQ(database().savepoint_depth(), 0);
  EXPECT_EQ(values(), "3");
}

TEST_F(Savepoints, InnermostOfOneNameIsMeant) {
  database().open_savepoint("a");
  put("1");
  database().open_savepoint("a");
  put("2");
  database().rollback_to_savepoint("a");
  database().release_savepoint("a");
  EXPECT_EQ(database().savepoint_depth(), 1);
  EXPECT_EQ(values(), "1");
}

TEST_F(Savepoints, UnknownName) {
  database().open_savepoint("a");
  EXPECT_THAT(thrown<SqlError>([&] { database().release_savepoint("b"); }),
              HasSubstr("no such savepoint: b"));
  EXPECT_THROW(database().rollback_to_savepoint(""), SqlError);
  EXPECT_EQ(database().savepoint_depth(), 1);
  database().release_savepoint("a");
}

TEST_F(Savepoints, MixWithTransactionSync) {
  database().open_savepoint("a");
  EXPECT_THROW(store().transaction_sync([&] {
    put("1");
    throw TypeError("undo");
  }),
               TypeError);
  put("2");
  store().transaction_sync([&] { put("3"); });
  database().release_savepoint("a");
  EXPECT_EQ(values(), "23");
}

TEST_F(Savepoints, TurnThatEndsWithinOneCommitsNothing) {
  database().open_savepoint("a");
  put("1");
  put("2");
  auto cursor = sql().exec("SELECT v FROM t ORDER BY v");
  EXPECT_EQ(cursor.next()->get<std::string>(0), "1");
  EXPECT_FALSE(commit());
  EXPECT_TRUE(store().dirty());
  // The cursor goes on in the next turn.
  EXPECT_EQ(cursor.next()->get<std::string>(0), "2");
  EXPECT_FALSE(cursor.next());
  put("3");
  database().release_savepoint("a");
  EXPECT_TRUE(commit());
  reopen();
  EXPECT_EQ(values(), "123");
}

TEST_F(Savepoints, RolledBackInALaterTurn) {
  put("0");
  database().open_savepoint("a");
  put("1");
  EXPECT_FALSE(commit());
  database().rollback_to_savepoint("a");
  database().release_savepoint("a");
  EXPECT_TRUE(commit());
  reopen();
  EXPECT_EQ(values(), "0");
}

TEST_F(Savepoints, RollbackOfTheTurnEndsThem) {
  database().open_savepoint("a");
  put("1");
  store().rollback();
  EXPECT_EQ(database().savepoint_depth(), 0);
  EXPECT_EQ(values(), "");
  EXPECT_FALSE(commit());
}

TEST_F(Savepoints, DeferredForeignKeysAreKnownBeforeTheCommit) {
  run("CREATE TABLE p(id PRIMARY KEY);"
      "CREATE TABLE c(p REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED)");
  commit();
  EXPECT_FALSE(database().violates_foreign_keys());
  run("INSERT INTO c VALUES(1)");
  EXPECT_TRUE(database().violates_foreign_keys());
  run("INSERT INTO p VALUES(1)");
  EXPECT_FALSE(database().violates_foreign_keys());
  EXPECT_TRUE(commit());
}

TEST_F(Savepoints, CountsOfTheLastStatement) {
  run("CREATE TRIGGER g AFTER INSERT ON t WHEN new.v < 10 BEGIN INSERT INTO t VALUES(new.v + 10); "
      "END");
  run("INSERT INTO t VALUES(1), (2)");
  EXPECT_EQ(database().changes(), 2);
  EXPECT_EQ(database().total_changes(), 4);
  EXPECT_GE(database().last_insert_rowid(), 1);
}

}  // namespace
}  // namespace stead::test
