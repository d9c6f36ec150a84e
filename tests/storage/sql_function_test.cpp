#include "storage/sql_function.h"

#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::HasSubstr;

class Functions : public StoreTest {
 protected:
  void add(SqlFunction function) {
    store().database().add_function(std::make_shared<SqlFunction>(std::move(function)));
  }
  void add_double() {
    add({.name = "twice", .arity = 1, .deterministic = true, .call = [](auto arguments) {
           return SqlValue(2 * arguments[0].integer);
         }});
  }
};

/// Joins the texts of a group; one instance for each group.
class Join final : public SqlAggregate {
 public:
  void step(std::span<const SqlView> arguments) override {
    if (arguments[0].type == SqlView::Type::null) throw TypeError("no text to join");
    text_ += arguments[0].text();
  }
  SqlValue finish() override { return text_; }

 private:
  std::string text_;
};

TEST_F(Functions, ScalarsOfEveryType) {
  add({.name = "same", .arity = 1, .call = [](auto arguments) { return arguments[0].to_value(); }});
  EXPECT_EQ(sql().one<std::int64_t>("SELECT same(?)", INT64_MIN), INT64_MIN);
  EXPECT_EQ(sql().one<double>("SELECT same(1.5)"), 1.5);
  EXPECT_EQ(sql().one<std::string>("SELECT same('a' || char(0) || 'b')"), std::string("a\0b", 3));
  EXPECT_EQ(sql().one<Bytes>("SELECT same(x'00ff')"), (Bytes{0, 255}));
  EXPECT_EQ(sql().one<std::string>("SELECT same('')"), "");
  EXPECT_EQ(sql().one<std::string>("SELECT typeof(same(NULL))"), "null");
  EXPECT_EQ(sql().one<std::string>("SELECT typeof(same(x''))"), "blob");
}

TEST_F(Functions, AnyNumberOfArguments) {
  add({.name = "how_many", .call = [](auto arguments) {
         return SqlValue(static_cast<std::int64_t>(arguments.size()));
       }});
  EXPECT_EQ(number("SELECT how_many()"), 0);
  EXPECT_EQ(number("SELECT how_many(1,2,3,4,5,6,7,8,9,10)"), 10);
}

TEST_F(Functions, ThrownTextIsTheStatementsError) {
  add({.name = "fail", .arity = 0, .call = [](auto) -> SqlValue { throw TypeError("so it is"); }});
  EXPECT_THAT(error_of("SELECT fail()"), HasSubstr("so it is"));
  EXPECT_EQ(number("SELECT 1"), 1);
}

TEST_F(Functions, AggregatesAndGroups) {
  add({.name = "join_texts", .arity = 1, .begin_group = [] { return std::make_unique<Join>(); }});
  run("CREATE TABLE t(g, v)");
  EXPECT_EQ(sql().one<std::string>("SELECT typeof(join_texts(v)) FROM t"), "null");
  run("INSERT INTO t VALUES(1, 'a'), (1, 'b'), (2, 'c')");
  EXPECT_EQ(sql().rows<std::string>("SELECT join_texts(v) FROM t GROUP BY g ORDER BY g"),
            (std::vector<std::string>{"ab", "c"}));
  run("INSERT INTO t VALUES(2, NULL)");
  EXPECT_THAT(error_of("SELECT join_texts(v) FROM t"), HasSubstr("no text to join"));
}

TEST_F(Functions, AreUnknownUntilAddedAndAfterRemoved) {
  EXPECT_THAT(error_of("SELECT twice(1)"), HasSubstr("no such function"));
  add_double();
  EXPECT_EQ(number("SELECT TWICE(4)"), 8);
  store().database().remove_function("Twice", 1);
  EXPECT_THAT(error_of("SELECT twice(1)"), HasSubstr("no such function"));
  store().database().remove_function("twice", 1);
}

TEST_F(Functions, MayBeReplaced) {
  add_double();
  add({.name = "TWICE", .arity = 1, .call = [](auto) { return SqlValue(std::int64_t{0}); }});
  EXPECT_EQ(number("SELECT twice(4)"), 0);
}

TEST_F(Functions, SurviveWhatOpensTheDatabaseAnew) {
  add_double();
  run("CREATE TABLE t(v)");
  commit();
  delete_all();
  EXPECT_EQ(number("SELECT twice(4)"), 8);
  store().rollback();
  store().rebuild();
  EXPECT_EQ(number("SELECT twice(5)"), 10);
}

TEST_F(Functions, DeterministicOnesServeIndexes) {
  add_double();
  run("CREATE TABLE t(v); CREATE INDEX i ON t(twice(v)); INSERT INTO t VALUES(1), (2)");
  EXPECT_EQ(number("SELECT v FROM t WHERE twice(v) = 4"), 2);
}

}  // namespace
}  // namespace stead::test
