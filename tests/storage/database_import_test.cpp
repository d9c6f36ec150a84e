#include "storage/database_import.h"

#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::HasSubstr;

class Imports : public StoreTest {
 protected:
  Imports() {
    run("CREATE TABLE parent(id INTEGER PRIMARY KEY AUTOINCREMENT, \"na\"\"me\" TEXT UNIQUE);"
        // Before its parent by name and by order of rows.
        "CREATE TABLE child(parent REFERENCES parent(id), at DEFAULT 7, "
        "  twice AS (at * 2) STORED);"
        "CREATE TABLE pair(a, b, PRIMARY KEY(a, b)) WITHOUT ROWID;"
        "CREATE INDEX by_at ON child(at) WHERE at > 0;"
        "CREATE VIEW families AS SELECT * FROM parent JOIN child ON parent.id = child.parent;"
        "CREATE TRIGGER counted AFTER INSERT ON child BEGIN INSERT INTO pair VALUES(new.rowid, 0); "
        "END;"
        "INSERT INTO parent VALUES(1, 'one'), (50, 'gone'), (9, NULL);"
        "DELETE FROM parent WHERE id = 50;"
        "INSERT INTO child(parent, at) VALUES(9, x'00ff'), (1, 1.5);"
        "ANALYZE");
    kv().put("k", 1);
    image_ = store().database().serialize();
    commit();
  }
  Bytes image_;
};

TEST_F(Imports, CopiesEverythingButOurs) {
  delete_all();
  import_database(store().database(), image_);
  EXPECT_EQ(number("SELECT count(*) FROM families"), 2);
  EXPECT_EQ(number("SELECT CAST(twice AS INTEGER) FROM child WHERE at = 1.5"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM pair"), 2) << "triggers must not run";
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_master WHERE name IN ('by_at', 'counted')"), 2);
  run("INSERT INTO parent(\"na\"\"me\") VALUES('next')");
  EXPECT_EQ(number("SELECT max(id) FROM parent"), 51) << "given numbers are not given again";
  EXPECT_EQ(kv().get("k"), std::nullopt);
  EXPECT_FALSE(store().database().violates_foreign_keys());
  EXPECT_TRUE(commit());
  reopen();
  EXPECT_EQ(number("SELECT count(*) FROM families"), 2);
  EXPECT_THROW(run("INSERT INTO child(parent) VALUES(77)"), SqlError);
}

TEST_F(Imports, IsUndoneAsAWhole) {
  EXPECT_THAT(thrown<SqlError>([&] { import_database(store().database(), image_); }),
              HasSubstr("already exists"));
  EXPECT_EQ(number("SELECT count(*) FROM child"), 2);
  delete_all();
  import_database(store().database(), image_);
  store().rollback();
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_master WHERE name = 'child'"), 0);
}

TEST_F(Imports, WhatIsNoDatabase) {
  EXPECT_THROW(import_database(store().database(), Bytes(8'192, 0x55)), Error);
  EXPECT_EQ(number("SELECT count(*) FROM child"), 2);
}

TEST_F(Imports, VirtualTablesAreRefused) {
  run("CREATE VIRTUAL TABLE words USING fts5(word)");
  image_ = store().database().serialize();
  delete_all();
  EXPECT_THAT(thrown<SqlError>([&] { import_database(store().database(), image_); }),
              HasSubstr("words is a virtual table"));
}

}  // namespace
}  // namespace stead::test
