#include "storage/sql.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Sqls = StoreTest;

TEST_F(Sqls, ValuesRoundTrip) {
  run("CREATE TABLE t(a, b, c, d, e, f)");
  const Bytes blob{0, 255, 7};
  const std::int64_t large = std::numeric_limits<std::int64_t>::max();
  sql().exec("INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)", nullptr, large, 1.5, std::string("a\0b", 3),
             blob, true);
  const auto row = sql().exec("SELECT * FROM t").one();
  EXPECT_EQ(row["a"], SqlValue(nullptr));
  EXPECT_EQ(row.get<std::int64_t>("b"), large);
  EXPECT_EQ(row.get<double>("c"), 1.5);
  EXPECT_EQ(row.get<std::string>("d"), std::string("a\0b", 3));
  EXPECT_EQ(row.get<Bytes>("e"), blob);
  EXPECT_TRUE(row.get<bool>(5));
  EXPECT_EQ(row.get<std::optional<int>>("a"), std::nullopt);
}

TEST_F(Sqls, EmptyBlobAndTextAreNotNull) {
  EXPECT_EQ((sql().one<std::string, std::string>("SELECT typeof(?1), typeof(?2)", Bytes{}, "")),
            (std::tuple<std::string, std::string>("blob", "text")));
}

TEST_F(Sqls, UnsignedBeyondInt64IsRefused) {
  EXPECT_THROW(sql().exec("SELECT ?", std::numeric_limits<std::uint64_t>::max()), RangeError);
}

TEST_F(Sqls, ReadingAnotherTypeNamesTheColumn) {
  const auto text = thrown<TypeError>([&] { sql().one<int>("SELECT 'x' AS label"); });
  EXPECT_THAT(text, HasSubstr("label"));
  EXPECT_THAT(text, HasSubstr("TEXT"));
  EXPECT_THROW(sql().one<int>("SELECT NULL"), TypeError);
  EXPECT_THROW(sql().one<std::int8_t>("SELECT 300"), RangeError);
  EXPECT_THROW(sql().one<std::uint64_t>("SELECT -1"), RangeError);
  EXPECT_THROW(sql().one<int>("SELECT 1, 2"), TypeError);
}

TEST_F(Sqls, RowsGiveValuesOrTuples) {
  EXPECT_THAT(sql().rows<int>("VALUES(1),(2)"), ElementsAre(1, 2));
  const auto rows = sql().rows<int, std::string>("VALUES(1, 'a'),(2, 'b')");
  EXPECT_EQ(std::get<1>(rows.at(1)), "b");
}

TEST_F(Sqls, OneTellsNoneFromSeveral) {
  EXPECT_THAT(thrown<SqlError>([&] { sql().one<int>("SELECT 1 WHERE 0"); }), HasSubstr("none"));
  EXPECT_THAT(thrown<SqlError>([&] { sql().one<int>("VALUES(1),(2)"); }), HasSubstr("more"));
  EXPECT_THAT(thrown<SqlError>([&] { sql().exec("SELECT 1 WHERE 0").one(); }), HasSubstr("none"));
  EXPECT_THAT(thrown<SqlError>([&] { sql().exec("VALUES(1),(2)").one(); }), HasSubstr("more"));
}

TEST_F(Sqls, WriteHappensWithoutReadingTheCursor) {
  run("CREATE TABLE t(v)");
  run("INSERT INTO t VALUES(1),(2) RETURNING v");
  EXPECT_EQ(number("SELECT count(*) FROM t"), 2);
  auto returned = sql().exec("INSERT INTO t VALUES(3),(4) RETURNING v AS w");
  EXPECT_THAT(returned.column_names(), ElementsAre("w"));
  EXPECT_EQ(returned.to_array().size(), 2u);
}

TEST_F(Sqls, SeveralStatementsTakeArgumentsInTheLastOnly) {
  auto cursor =
      sql().exec("CREATE TABLE t(v); INSERT INTO t VALUES(1); SELECT v + ? AS s FROM t", 5);
  EXPECT_EQ(cursor.one().get<int>("s"), 6);
  EXPECT_THAT(thrown<SqlError>([&] { sql().exec("INSERT INTO t VALUES(?); SELECT 1", 1); }),
              HasSubstr("only the last"));
}

TEST_F(Sqls, FailedBatchKeepsTheStatementsBeforeIt) {
  EXPECT_THROW(run("CREATE TABLE t(v); INSERT INTO t VALUES(1); INSERT INTO nowhere VALUES(1)"),
               SqlError);
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
}

TEST_F(Sqls, TextWithoutStatementIsRefused) {
  for (const auto* text : {"", " ", ";", " ; ;", "-- note", "/* note */", "/* open"}) {
    EXPECT_THAT(error_of(text), HasSubstr("did not contain a statement")) << text;
  }
  EXPECT_EQ(error_of("SELECT 1; -- note"), "");
}

TEST_F(Sqls, CountOfArgumentsMustFit) {
  EXPECT_THAT(thrown<SqlError>([&] { sql().exec("SELECT ?"); }), HasSubstr("1 parameters"));
  EXPECT_THROW(sql().exec("SELECT 1", 2), SqlError);
}

TEST_F(Sqls, OneTextMayRunInTwoCursorsAtOnce) {
  const char* text = "VALUES(1),(2)";
  auto first = sql().exec(text);
  auto second = sql().exec(text);
  EXPECT_EQ(first.next()->get<int>(0), 1);
  EXPECT_EQ(second.next()->get<int>(0), 1);
  EXPECT_EQ(first.next()->get<int>(0), 2);
  EXPECT_EQ(second.next()->get<int>(0), 2);
  EXPECT_FALSE(first.next());
}

TEST_F(Sqls, LastOfEqualNamesWinsAndRawKeepsAll) {
  const char* text = "SELECT 1 AS a, 2 AS b, 3 AS a";
  const auto row = sql().exec(text).one();
  EXPECT_EQ(row.get<int>("a"), 3);
  EXPECT_EQ(std::distance(row.begin(), row.end()), 3);
  EXPECT_THAT(
      sql().exec(text).raw().to_array().at(0),
      ElementsAre(SqlValue(std::int64_t{1}), SqlValue(std::int64_t{2}), SqlValue(std::int64_t{3})));
}

TEST_F(Sqls, ColumnNamesAreKnownWithoutRows) {
  EXPECT_THAT(sql().exec("SELECT 1 AS a, 2 AS a WHERE 0").column_names(), ElementsAre("a", "a"));
}

TEST_F(Sqls, CursorIteratesAndMoves) {
  auto cursor = sql().exec("VALUES(1),(2),(3)");
  EXPECT_EQ(cursor.next()->get<int>(0), 1);
  auto moved = std::move(cursor);
  int sum = 0;
  for (const auto& row : moved) sum += row.get<int>(0);
  EXPECT_EQ(sum, 5);
  EXPECT_FALSE(moved.next());
}

TEST_F(Sqls, CursorReportsRowsReadAndWritten) {
  run("CREATE TABLE t(v)");
  EXPECT_EQ(sql().exec("INSERT INTO t VALUES(1),(2),(3)").rows_written(), 3);
  auto cursor = sql().exec("SELECT v FROM t WHERE v > 2");
  cursor.to_array();
  EXPECT_GE(cursor.rows_read(), 2);
  EXPECT_EQ(cursor.rows_written(), 0);
}

TEST_F(Sqls, UnknownColumnIsNamed) {
  const auto row = sql().exec("SELECT 1 AS a").one();
  EXPECT_THAT(thrown<RangeError>([&] { static_cast<void>(row["b"]); }), HasSubstr("b"));
  EXPECT_THROW(static_cast<void>(row[1]), RangeError);
}

TEST_F(Sqls, ErrorTextHasOffsetAndCode) {
  EXPECT_EQ(error_of("SELECT x"), "no such column: x at offset 7: SQLITE_ERROR");
  run("CREATE TABLE t(v UNIQUE); INSERT INTO t VALUES(1)");
  EXPECT_EQ(error_of("INSERT INTO t VALUES(1)"),
            "UNIQUE constraint failed: t.v: SQLITE_CONSTRAINT (extended: "
            "SQLITE_CONSTRAINT_UNIQUE)");
}

TEST_F(Sqls, CursorEndsWithTheTurn) {
  auto cursor = sql().exec("VALUES(1),(2)");
  EXPECT_EQ(store().open_cursors(), 1u);
  commit();
  EXPECT_EQ(store().open_cursors(), 0u);
  EXPECT_THAT(thrown<SqlError>([&] { cursor.next(); }), HasSubstr("across an await"));
}

TEST_F(Sqls, CursorOutlivesItsStoreWithAnError) {
  auto cursor = sql().exec("VALUES(1),(2)");
  close();
  EXPECT_THROW(cursor.next(), SqlError);
  EXPECT_EQ(cursor.column_names().size(), 1u);
  EXPECT_THROW(sql(), StorageError);
}

TEST_F(Sqls, SizeGrowsAndShrinks) {
  run("CREATE TABLE t(v)");
  const auto before = store().database_size();
  run("INSERT INTO t VALUES(zeroblob(100000))");
  EXPECT_GE(sql().database_size(), before + 90000);
  run("DELETE FROM t");
  EXPECT_LT(sql().database_size(), before + 20000);
}

TEST_F(Sqls, CacheOfStatementsIsBounded) {
  const std::string filler(50'000, ' ');
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(number("SELECT " + std::to_string(i) + filler), i);
  }
}

TEST_F(Sqls, SchemaChangeDoesNotDisturbCachedStatements) {
  run("CREATE TABLE t(v); INSERT INTO t VALUES(1)");
  EXPECT_EQ(sql().exec("SELECT * FROM t").one().size(), 1u);
  run("ALTER TABLE t ADD COLUMN w");
  EXPECT_EQ(sql().exec("SELECT * FROM t").one().size(), 2u);
  EXPECT_EQ((sql().one<int, std::optional<int>>("SELECT * FROM t")),
            (std::tuple<int, std::optional<int>>(1, std::nullopt)));
}

}  // namespace
}  // namespace stead::test
