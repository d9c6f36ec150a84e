#include "storage/object_store.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <fstream>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::HasSubstr;
class Stores : public StoreTest {
 protected:
  /// The file, and what SQLite keeps beside it, as another program leaves them that is killed after
  /// this SQL.
  void leave_behind(const char* text, const std::string& suffix) {
    const auto copy = directory_.path() + "/copy";
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, text, nullptr, nullptr, nullptr), SQLITE_OK);
    // An open transaction is in the file only when it leaves the page cache.
    ASSERT_EQ(sqlite3_db_cacheflush(other), SQLITE_OK);
    std::filesystem::copy_file(path(), copy);
    std::filesystem::copy_file(path() + suffix, copy + suffix);
    sqlite3_close(other);
    std::filesystem::rename(copy, path());
    std::filesystem::rename(copy + suffix, path() + suffix);
  }
};

TEST_F(Stores, ReadingLeavesNoFile) {
  EXPECT_FALSE(store().stored());
  EXPECT_EQ(number("SELECT 1"), 1);
  EXPECT_FALSE(commit());
  close();
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(Stores, FirstCommitMakesAFileAndKeepsReferences) {
  auto& kept = sql();
  auto& kept_kv = kv();
  run("CREATE TABLE t(v)");
  EXPECT_FALSE(store().stored());
  EXPECT_TRUE(commit());
  EXPECT_TRUE(store().stored());
  store().checkpoint();
  EXPECT_TRUE(exists());
  kept.exec("INSERT INTO t VALUES(7)");
  kept_kv.put("k", 1);
  EXPECT_TRUE(commit());
  reopen();
  EXPECT_TRUE(store().stored());
  EXPECT_EQ(number("SELECT v FROM t"), 7);
  EXPECT_EQ(kv().get<int>("k"), 1);
}

TEST_F(Stores, CloseLeavesOnePlainFile) {
  run("CREATE TABLE t(v)");
  commit();
  run("INSERT INTO t VALUES(1)");
  commit();
  run("INSERT INTO t VALUES(2)");
  close();
  EXPECT_FALSE(exists("-wal"));
  EXPECT_FALSE(exists("-shm"));
  reopen();
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
}

TEST_F(Stores, MigrationsRunOnceInOrder) {
  migrations_ = {"CREATE TABLE t(v); -- first", "INSERT INTO t VALUES(1)"};
  reopen();
  EXPECT_EQ(number("SELECT v FROM t"), 1);
  EXPECT_FALSE(store().dirty());
  EXPECT_FALSE(commit());
  EXPECT_FALSE(exists());
  run("INSERT INTO t VALUES(2)");
  commit();
  migrations_.push_back("INSERT INTO t VALUES(3)");
  reopen();
  EXPECT_EQ(number("SELECT count(*) FROM t"), 3);
  EXPECT_TRUE(commit());
  reopen();
  EXPECT_EQ(number("SELECT count(*) FROM t"), 3);
}

TEST_F(Stores, MigrationsUndoneByARollbackRunAgain) {
  run("CREATE TABLE t(v)");
  commit();
  migrations_ = {"INSERT INTO t VALUES(1)"};
  reopen();
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
  store().rollback();
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
  EXPECT_TRUE(commit());
}

TEST_F(Stores, FailedMigrationIsNamedAndAppliesNothing) {
  run("CREATE TABLE t(v)");
  commit();
  migrations_ = {"INSERT INTO t VALUES(1)", "INSERT INTO nowhere VALUES(1)"};
  reopen();
  EXPECT_THAT(thrown<SqlError>([&] { sql(); }), HasSubstr("migration step 1"));
  migrations_ = {};
  reopen();
  EXPECT_EQ(number("SELECT count(*) FROM t"), 0);
}

TEST_F(Stores, DataOfANewerProgramIsRefused) {
  migrations_ = {"CREATE TABLE t(v)"};
  reopen();
  run("INSERT INTO t VALUES(1)");
  commit();
  migrations_ = {};
  reopen();
  EXPECT_THAT(thrown<StorageError>([&] { sql(); }), HasSubstr("newer program"));
}

TEST_F(Stores, DeleteAllRemovesFileAndData) {
  run("CREATE TABLE t(v); INSERT INTO t VALUES(1),(2)");
  kv().put("k", 1);
  commit();
  reopen();
  auto& kept = sql();
  auto cursor = sql().exec("SELECT * FROM t");
  delete_all();
  store().checkpoint();
  EXPECT_FALSE(exists());
  EXPECT_FALSE(exists("-wal"));
  EXPECT_FALSE(store().stored());
  EXPECT_THAT(thrown<SqlError>([&] { cursor.next(); }), HasSubstr("deleted"));
  EXPECT_EQ(kv().get("k"), std::nullopt);
  EXPECT_THROW(kept.exec("SELECT * FROM t"), SqlError);
  EXPECT_FALSE(commit());
  kept.exec("CREATE TABLE t(v)");
  EXPECT_TRUE(commit());
  store().checkpoint();
  EXPECT_TRUE(exists());
}

TEST_F(Stores, DeleteAllDropsTheOpenTransaction) {
  run("CREATE TABLE t(v)");
  delete_all();
  EXPECT_FALSE(store().dirty());
  EXPECT_FALSE(commit());
  EXPECT_FALSE(exists());
}

TEST_F(Stores, DeleteAllInsideATransactionIsRefused) {
  EXPECT_THROW(store().transaction_sync([&] { delete_all(); }), SqlError);
}

TEST_F(Stores, LogLeftByAnotherProgramIsTakenIn) {
  run("CREATE TABLE t(v)");
  commit();
  close();
  leave_behind("PRAGMA journal_mode=WAL; INSERT INTO t VALUES(7)", "-wal");
  reopen();
  EXPECT_EQ(number("SELECT v FROM t"), 7);
  EXPECT_FALSE(exists("-wal"));
}

TEST_F(Stores, TransactionThatAnotherProgramDidNotEndIsTakenBack) {
  run("CREATE TABLE t(v); INSERT INTO t VALUES(7)");
  commit();
  close();
  leave_behind("BEGIN; UPDATE t SET v = 8", "-journal");
  reopen();
  EXPECT_EQ(number("SELECT v FROM t"), 7);
  EXPECT_FALSE(exists("-journal"));
}

TEST_F(Stores, SecondOpenerIsRefused) {
  run("CREATE TABLE t(v)");
  commit();
  reopen();
  number("SELECT count(*) FROM t");
  ObjectStore other(config());
  EXPECT_THROW(other.sql(), StorageError);
}

TEST_F(Stores, ForeignFileIsRefused) {
  std::filesystem::create_directories(std::filesystem::path(path()).parent_path());
  std::ofstream(path()) << "not a database, but long enough to have a header of its own, so that "
                           "SQLite looks at the first hundred bytes of it";
  EXPECT_THROW(sql(), StorageError);
}

TEST_F(Stores, FileInWalModeIsTakenOver) {
  run("CREATE TABLE t(v)");
  commit();
  close();
  sqlite3* other = nullptr;
  sqlite3_open(path().c_str(), &other);
  sqlite3_exec(other, "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  reopen();
  run("INSERT INTO t VALUES(1)");
  EXPECT_TRUE(commit());
  reopen();
  EXPECT_EQ(number("SELECT v FROM t"), 1);
}

}  // namespace
}  // namespace stead::test
