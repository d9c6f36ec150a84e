#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::HasSubstr;

class NativeLimits : public StoreTest {
 protected:
  NativeLimits() {
    sql_limits_ = SqlLimits::native;
    reopen();
  }
};

std::string marks(int count) {
  std::string text = "?1";
  for (int i = 2; i <= count; ++i) text += ",?" + std::to_string(i);
  return text;
}

TEST_F(NativeLimits, AreThoseOfSqlite) {
  const std::vector<SqlView> arguments(32'766, SqlView::of_integer(1));
  StatementRun run(store().database(), "SELECT count(*) WHERE 1 IN (" + marks(32'766) + ")",
                   arguments, Trust::app);
  EXPECT_TRUE(run.step());
  EXPECT_THAT(error_of("SELECT " + marks(32'767)), HasSubstr("variable number"));
  const std::string pattern(1'000, 'x');
  EXPECT_EQ(sql().one<int>("SELECT ? LIKE ?", pattern, pattern), 1);
  std::string columns = "c0";
  for (int i = 1; i < 2'000; ++i) columns += ", c" + std::to_string(i);
  sql().exec("CREATE TABLE wide(" + columns + ")");
  EXPECT_EQ(sql().one<int>("SELECT length(?)", std::string(5'000'000, 'x')), 5'000'000);
}

TEST_F(NativeLimits, FunctionsThatTheReferenceLacks) {
  EXPECT_EQ(number("SELECT CAST(CEILING(1.5) + POWER(2, 3) + log10(100) AS INT)"), 12);
  sql_limits_ = SqlLimits::reference;
  reopen();
  EXPECT_THAT(error_of("SELECT POWER(2, 3)"), HasSubstr("not authorized"));
}

TEST_F(NativeLimits, WhatIsNotAllowedIsNotAllowedHere) {
  EXPECT_THAT(error_of("ATTACH ':memory:' AS other"), HasSubstr("SQLITE_AUTH"));
  EXPECT_THAT(error_of("SELECT load_extension('x')"), HasSubstr("not authorized"));
  EXPECT_THAT(error_of("BEGIN"), HasSubstr("SQLITE_AUTH"));
}

TEST_F(NativeLimits, ReferenceIsTheDefault) {
  EXPECT_EQ(ObjectStoreConfig(config()).sql_limits, SqlLimits::native);
  sql_limits_ = SqlLimits::reference;
  reopen();
  EXPECT_THAT(error_of("SELECT " + marks(101)), HasSubstr("variable number"));
}

}  // namespace
}  // namespace stead::test
