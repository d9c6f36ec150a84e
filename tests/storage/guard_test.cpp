#include "storage/guard.h"

#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::HasSubstr;

class Guards : public StoreTest {
 protected:
  void expect_refused(std::string_view text) {
    EXPECT_THAT(error_of(text), HasSubstr("SQLITE_AUTH")) << text;
  }
};

TEST_F(Guards, ReservedNamesAreRefusedInAnyCase) {
  run("CREATE TABLE t(v)");
  kv().put("k", 1);
  for (const auto* text :
       {"CREATE TABLE _stead_x(v)", "CREATE TABLE _Cf_x(v)", "CREATE VIEW _STEAD_v AS SELECT 1",
        "CREATE INDEX _stead_i ON t(v)",
        "CREATE TRIGGER _cf_t AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE _cf_f USING fts5(a)", "CREATE VIRTUAL TABLE _stead USING fts5(a)",
        "SELECT * FROM _stead_kv", "DELETE FROM _STEAD_KV", "DROP TABLE _stead_meta",
        "INSERT INTO _stead_kv VALUES('a', 'b', 'c')", "UPDATE _stead_meta SET value = 1",
        "CREATE INDEX i ON _stead_kv(value)", "ALTER TABLE _stead_kv RENAME TO mine",
        "CREATE TRIGGER r AFTER INSERT ON _stead_kv BEGIN SELECT 1; END",
        "PRAGMA table_info(_stead_kv)", "ALTER TABLE t RENAME TO _stead_t",
        "ALTER TABLE t RENAME TO _CF_t"}) {
    expect_refused(text);
  }
  EXPECT_EQ(number("SELECT count(*) FROM t"), 0);
  run("ALTER TABLE t RENAME TO u");
  EXPECT_EQ(number("SELECT count(*) FROM u"), 0);
}

TEST_F(Guards, RenamingAVirtualTableIntoReservedShadowsIsUndone) {
  run("CREATE VIRTUAL TABLE f USING fts5(a)");
  expect_refused("ALTER TABLE f RENAME TO _stead");
  run("INSERT INTO f VALUES('x')");
  EXPECT_EQ(number("SELECT count(*) FROM f"), 1);
}

TEST_F(Guards, ViewsDoNotReachReservedTables) {
  kv().put("k", 1);
  run("CREATE VIEW v AS SELECT * FROM _stead_kv");
  expect_refused("SELECT * FROM v");
}

TEST_F(Guards, TransactionsAreRefusedWithAHint) {
  run("CREATE TABLE t(v)");
  for (const auto* text : {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a",
                           "SAVEPOINT _stead_savepoint", "BEGIN IMMEDIATE"}) {
    EXPECT_THAT(error_of(text), HasSubstr("transaction_sync")) << text;
    expect_refused(text);
  }
}

TEST_F(Guards, OtherDatabasesAreRefused) {
  run("CREATE TABLE t(v)");
  for (const auto* text : {"ATTACH '/tmp/x' AS x", "DETACH main", "CREATE TEMP TABLE x(v)",
                           "CREATE TEMP VIEW x AS SELECT 1",
                           "CREATE TEMP TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END"}) {
    expect_refused(text);
  }
  EXPECT_NE(error_of("VACUUM"), "");
  EXPECT_NE(error_of("VACUUM INTO '/tmp/x'"), "");
}

TEST_F(Guards, OnlyListedPragmasRun) {
  run("CREATE TABLE t(v)");
  for (const auto* text :
       {"PRAGMA user_version", "PRAGMA user_version = 1", "PRAGMA journal_mode = DELETE",
        "PRAGMA synchronous = OFF", "PRAGMA writable_schema = 1", "PRAGMA integrity_check",
        "PRAGMA max_page_count", "PRAGMA page_size = 512", "PRAGMA foreign_keys = maybe",
        "SELECT * FROM pragma_user_version", "PRAGMA locking_mode = NORMAL"}) {
    EXPECT_NE(error_of(text), "") << text;
  }
  for (const auto* text :
       {"PRAGMA table_list", "PRAGMA table_info(t)", "PRAGMA foreign_keys", "PRAGMA page_size",
        "PRAGMA data_version", "PRAGMA quick_check", "PRAGMA optimize", "PRAGMA index_list(t)",
        "PRAGMA case_sensitive_like = 'on'", "SELECT * FROM pragma_table_info('t')",
        "PRAGMA recursive_triggers = off"}) {
    EXPECT_EQ(error_of(text), "") << text;
  }
}

TEST_F(Guards, OnlyListedFunctionsRun) {
  for (const auto* text :
       {"SELECT sqlite_version()", "SELECT sqlite_source_id()", "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('x')", "SELECT sqlite_compileoption_get(1)", "SELECT * FROM dbstat",
        "CREATE VIRTUAL TABLE x USING fts4(a)"}) {
    EXPECT_NE(error_of(text), "") << text;
  }
  for (const auto* text :
       {"SELECT json_extract('{\"a\":1}', '$.a'), '[1]' -> 0", "SELECT sin(1), upper('x')",
        "SELECT * FROM json_each('[1,2]')", "SELECT date('now'), CURRENT_TIMESTAMP",
        "SELECT row_number() OVER ()", "SELECT group_concat(1)"}) {
    EXPECT_EQ(error_of(text), "") << text;
  }
}

TEST_F(Guards, OrdinarySchemaWorkIsAllowed) {
  for (const auto* text :
       {"CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v, w)", "CREATE INDEX i ON t(v)",
        "CREATE VIEW view AS SELECT * FROM t",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET w = 1; END",
        "INSERT INTO t(v) VALUES(1)", "ALTER TABLE t ADD COLUMN x", "ALTER TABLE t RENAME v TO y",
        "ALTER TABLE t DROP COLUMN x", "ANALYZE", "REINDEX", "DELETE FROM t LIMIT 1",
        "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i "
        "FROM n",
        "INSERT INTO t(id) VALUES(1) ON CONFLICT DO UPDATE SET y = 2", "DROP TRIGGER g",
        "DROP VIEW view", "DROP INDEX i", "DROP TABLE t"}) {
    EXPECT_EQ(error_of(text), "") << text;
  }
}

TEST_F(Guards, FullTextAndRtreeWork) {
  run("CREATE VIRTUAL TABLE f USING fts5(body)");
  run("INSERT INTO f VALUES('the quick fox')");
  EXPECT_EQ(sql().one<std::string>("SELECT highlight(f, 0, '[', ']') FROM f WHERE f MATCH 'quick'"),
            "the [quick] fox");
  EXPECT_EQ(error_of("SELECT bm25(f), snippet(f, 0, '', '', '', 5) FROM f WHERE f MATCH 'fox'"),
            "");
  run("CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)");
  run("INSERT INTO r VALUES(1, 0, 10)");
  EXPECT_EQ(number("SELECT id FROM r WHERE x0 < 5"), 1);
  run("CREATE VIRTUAL TABLE v USING fts5vocab(f, 'row')");
  EXPECT_EQ(number("SELECT count(*) FROM v"), 3);
  run("DROP TABLE f; DROP TABLE r");
}

TEST_F(Guards, ForeignKeysAreOn) {
  run("CREATE TABLE p(id PRIMARY KEY); CREATE TABLE c(p REFERENCES p(id))");
  EXPECT_THAT(error_of("INSERT INTO c VALUES(1)"), HasSubstr("FOREIGN KEY"));
}

TEST_F(Guards, LimitsHold) {
  std::string parameters = "SELECT ?1", columns = "CREATE TABLE t(c0";
  for (int i = 1; i < 100; ++i) {
    parameters += ", ?" + std::to_string(i + 1);
    columns += ", c" + std::to_string(i);
  }
  EXPECT_THAT(error_of(parameters), HasSubstr("100 parameters"));
  EXPECT_THAT(error_of("SELECT ?101"), HasSubstr("between ?1 and ?100"));
  EXPECT_NE(error_of(columns + ", c100)"), "");
  EXPECT_EQ(error_of(columns + ")"), "");
  EXPECT_EQ(error_of("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL "
                     "SELECT 5"),
            "");
  EXPECT_NE(error_of("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL "
                     "SELECT 5 UNION ALL SELECT 6"),
            "");
  EXPECT_EQ(error_of("SELECT 'a' LIKE '" + std::string(50, 'a') + "'"), "");
  EXPECT_NE(error_of("SELECT 'a' LIKE '" + std::string(51, 'a') + "'"), "");
  EXPECT_NE(error_of("SELECT 1" + std::string(100'000, ' ')), "");
  EXPECT_NE(error_of("SELECT zeroblob(5000000)"), "");
}

TEST_F(Guards, InternalTablesCannotBeWrittenThroughTheSchema) {
  run("CREATE TABLE t(v)");
  EXPECT_NE(error_of("UPDATE sqlite_schema SET sql = ''"), "");
  EXPECT_NE(error_of("DELETE FROM sqlite_master"), "");
}

}  // namespace
}  // namespace stead::test
