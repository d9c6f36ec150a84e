#include "storage/kv.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Kvs : public StoreTest {
 protected:
  std::vector<std::string> keys(const KvListOptions& options) {
    std::vector<std::string> found;
    for (auto& [key, value] : kv().list(options)) found.push_back(key);
    return found;
  }
  void put_all(std::initializer_list<std::string> list) {
    for (const auto& key : list) kv().put(key, 1);
  }
};

TEST_F(Kvs, ValuesRoundTrip) {
  kv().put("null", nullptr);
  kv().put("bool", true);
  kv().put("int", INT64_MAX);
  kv().put("real", 1.0);
  kv().put("text", "123");
  kv().put("blob", Bytes{1, 0, 2});
  kv().put("json", JsonText{"{\"a\":1}"});
  commit();
  reopen();
  EXPECT_EQ(kv().get("null"), KvValue(nullptr));
  EXPECT_EQ(kv().get("bool"), KvValue(true));
  EXPECT_EQ(kv().get<std::int64_t>("int"), INT64_MAX);
  EXPECT_EQ(kv().get("real"), KvValue(1.0));
  EXPECT_EQ(kv().get<std::string>("text"), "123");
  EXPECT_EQ(kv().get<Bytes>("blob"), (Bytes{1, 0, 2}));
  EXPECT_EQ(kv().get<JsonText>("json")->text, "{\"a\":1}");
  EXPECT_EQ(kv().get<int>("none"), std::nullopt);
  const auto null = kv().get<std::optional<int>>("null");
  ASSERT_TRUE(null.has_value());
  EXPECT_FALSE(null->has_value());
}

TEST_F(Kvs, AnotherTypeIsRefusedByName) {
  kv().put("k", "text");
  EXPECT_THAT(thrown<TypeError>([&] { kv().get<int>("k"); }), HasSubstr("key k holds a string"));
  kv().put("k", 300);
  EXPECT_THROW(kv().get<std::int8_t>("k"), RangeError);
  EXPECT_EQ(kv().get<double>("k"), 300.0);
}

TEST_F(Kvs, ReadingCreatesNothing) {
  EXPECT_EQ(kv().get("k"), std::nullopt);
  EXPECT_FALSE(kv().remove("k"));
  EXPECT_TRUE(kv().list().empty());
  EXPECT_FALSE(commit());
  EXPECT_FALSE(exists());
}

TEST_F(Kvs, ListsInByteOrder) {
  put_all({"b", "a", "\xc3\xa9", "B", "aa", std::string("a\0", 2)});
  EXPECT_THAT(keys({}), ElementsAre("B", "a", std::string("a\0", 2), "aa", "b", "\xc3\xa9"));
}

TEST_F(Kvs, ListsARange) {
  put_all({"a", "b", "c", "d"});
  EXPECT_THAT(keys({.start = "b"}), ElementsAre("b", "c", "d"));
  EXPECT_THAT(keys({.start_after = "b"}), ElementsAre("c", "d"));
  EXPECT_THAT(keys({.start = "b", .end = "d"}), ElementsAre("b", "c"));
  EXPECT_THAT(keys({.start = "b", .reverse = true}), ElementsAre("d", "c", "b"));
  EXPECT_THAT(keys({.end = "d", .reverse = true, .limit = 2}), ElementsAre("c", "b"));
  EXPECT_THAT(keys({.limit = 1}), ElementsAre("a"));
  EXPECT_THAT(keys({.start = "c", .end = "b"}), ElementsAre());
  EXPECT_THAT(keys({.start = "b", .end = "b"}), ElementsAre());
}

TEST_F(Kvs, ListsByPrefixEvenOf0xFF) {
  put_all({"p", "p1", "p2", "q", "\xff", "\xff\xff", "\xff\xff\x01", "a\xff", "a\xff\x01", "b"});
  EXPECT_THAT(keys({.prefix = "p"}), ElementsAre("p", "p1", "p2"));
  EXPECT_THAT(keys({.start = "p2", .prefix = "p"}), ElementsAre("p2"));
  EXPECT_THAT(keys({.end = "p2", .prefix = "p"}), ElementsAre("p", "p1"));
  EXPECT_THAT(keys({.prefix = "\xff\xff"}), ElementsAre("\xff\xff", "\xff\xff\x01"));
  EXPECT_THAT(keys({.prefix = "a\xff"}), ElementsAre("a\xff", "a\xff\x01"));
  EXPECT_EQ(keys({.prefix = ""}).size(), 10u);
}

TEST_F(Kvs, ContradictingListOptionsAreRefused) {
  EXPECT_THROW(kv().list({.start = "a", .start_after = "a"}), TypeError);
  EXPECT_THROW(kv().list({.limit = 0}), TypeError);
  EXPECT_THROW(kv().list({.limit = -1}), TypeError);
}

TEST_F(Kvs, SeveralKeysAtOnce) {
  const std::vector<Kv::Entry> entries{{"b", KvValue(std::int64_t{2})}, {"a", KvValue("x")}};
  kv().put(entries);
  const std::vector<std::string> wanted{"b", "none", "a", "b"};
  const auto found = kv().get(wanted);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].first, "a");
  EXPECT_EQ(kv().remove(wanted), 2u);
  EXPECT_FALSE(kv().remove("a"));
}

TEST_F(Kvs, TooLargeAValueLeavesTheObjectAlive) {
  kv().put("k", std::string(Kv::bytes_max - 1, 'x'));
  EXPECT_THROW(kv().put("k2", std::string(Kv::bytes_max - 1, 'x')), RangeError);
  const std::vector<Kv::Entry> entries{{"a", KvValue(true)},
                                       {"b", KvValue(std::string(Kv::bytes_max, 'x'))}};
  EXPECT_THROW(kv().put(entries), RangeError);
  EXPECT_EQ(kv().get("a"), std::nullopt);
  EXPECT_TRUE(commit());
  EXPECT_EQ(kv().get<std::string>("k")->size(), Kv::bytes_max - 1);
}

TEST_F(Kvs, FirstPutRolledBackCanBeRepeated) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_THROW(store().transaction_sync([&] {
      kv().put("k", 1);
      throw TypeError("undo");
    }),
                 TypeError);
    EXPECT_EQ(kv().get("k"), std::nullopt);
  }
  kv().put("k", 2);
  store().rollback();
  EXPECT_EQ(kv().get("k"), std::nullopt);
  kv().put("k", 3);
  commit();
  EXPECT_EQ(kv().get<int>("k"), 3);
}

TEST_F(Kvs, OtherToolsReadTheTable) {
  kv().put("k", "v");
  commit();
  close();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(other, "SELECT kind || value FROM _stead_kv WHERE key = 'k'", -1, &statement,
                     nullptr);
  ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
  EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)), "textv");
  sqlite3_finalize(statement);
  sqlite3_close(other);
}

}  // namespace
}  // namespace stead::test
