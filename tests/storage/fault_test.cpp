#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/storage/store_fixture.h"
#include "tests/support/fault_vfs.h"

namespace stead::test {
namespace {

constexpr int turns = 6;

class Faults : public StoreTest, public ::testing::WithParamInterface<int> {
 protected:
  Faults() {
    vfs_ = fault_.name();
    reopen();
  }
  ~Faults() override { store_.reset(); }

  /// Each turn writes its number to two tables and a key: they must always agree.
  void turn(int number) {
    if (number == 1) run("CREATE TABLE a(v); CREATE TABLE b(v)");
    sql().exec("INSERT INTO a VALUES(?)", number);
    kv().put("last", number);
    sql().exec("INSERT INTO b VALUES(?)", number);
    store().commit();
  }
  /// Runs turns until one fails; the number of those acknowledged.
  int run_turns() {
    int done = 0;
    try {
      for (int i = 1; i <= turns; ++i) {
        turn(i);
        done = i;
      }
    } catch (const Error&) {
    }
    return done;
  }
  /// Turns found after reopening; fails the test if one is there by half.
  int found() {
    reopen();
    if (!store().stored()) return 0;
    EXPECT_EQ(sql().one<std::string>("PRAGMA quick_check"), "ok");
    const int last = kv().get<int>("last").value_or(0);
    EXPECT_EQ(number("SELECT count(*) FROM a"), last);
    EXPECT_EQ(number("SELECT max(v) FROM b"), last);
    return last;
  }
  void check_every_operation(int code, bool once) {
    for (int n = 1;; ++n) {
      SCOPED_TRACE(n);
      reopen();
      store().delete_all();
      once ? fault_.fail_once(n, code) : fault_.fail_from(n, code);
      reopen();
      const int acknowledged = run_turns();
      store_.reset();
      fault_.heal();
      const int stored = found();
      EXPECT_GE(stored, acknowledged);
      EXPECT_LE(stored, acknowledged + 1);
      if (HasFailure() || !fault_.failed()) break;
      ASSERT_LT(n, 500);
    }
  }

  FaultVfs fault_;
};

TEST_P(Faults, NoCommitIsLostOrHalved) { check_every_operation(GetParam(), true); }
TEST_P(Faults, NoCommitIsLostOrHalvedWhenTheFaultStays) {
  check_every_operation(GetParam(), false);
}

INSTANTIATE_TEST_SUITE_P(Codes, Faults,
                         ::testing::Values(SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC));

TEST_F(Faults, FailedCommitMakesTheStoreUnusable) {
  turn(1);
  sql().exec("INSERT INTO a VALUES(2)");
  fault_.fail_from(1, SQLITE_FULL);
  EXPECT_THROW(store().commit(), StorageError);
  fault_.heal();
  EXPECT_TRUE(store().critical_error());
  EXPECT_THROW(run("SELECT 1"), StorageError);
  EXPECT_EQ(found(), 1);
}

}  // namespace
}  // namespace stead::test
