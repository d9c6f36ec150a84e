// The two languages, one tree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "project/json_config.h"
#include "project/toml_config.h"

namespace stead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = ConfigNode::Kind;

ConfigNode json(std::string_view text) { return read_json_config(text, "w.jsonc").take_or_raise(); }
ConfigNode toml(std::string_view text) { return read_toml_config(text, "w.toml").take_or_raise(); }

std::string json_error(std::string_view text) {
  const auto read = read_json_config(text, "w.jsonc");
  return read ? "no error" : read.error().what();
}

TEST(JsonConfig, ReadsCommentsAndTrailingCommas) {
  const auto node = json(R"(// begin
{
  /* a "comment" with { and
     two lines */
  "a": [1, 2, /* last */ ], // }
  "b": "no // comment, /* nor this */ , ]",
  "c": {"d": null, "e": true,},
})");
  ASSERT_TRUE(node.is_table());
  EXPECT_THAT(node.keys, ElementsAre("a", "b", "c"));
  EXPECT_EQ(node.find("a")->values.size(), 2U);
  EXPECT_EQ(node.find("a")->line, 5U);
  EXPECT_EQ(node.find("b")->text, "no // comment, /* nor this */ , ]");
  EXPECT_EQ(node.find("b")->line, 6U);
  EXPECT_EQ(node.find("c")->find("d")->kind, Kind::null);
  EXPECT_EQ(to_json_text(node), R"({"a":[1,2],"b":"no // comment, /* nor this */ , ]","c":)"
                                R"({"d":null,"e":true}})");
}

TEST(JsonConfig, KeepsOrderLinesAndNumbers) {
  const auto node = json("{\"z\": 1,\n\"a\": -1.5,\n\"z\": 18446744073709551615}");
  EXPECT_THAT(node.keys, ElementsAre("z", "a"));
  EXPECT_EQ(node.find("z")->kind, Kind::real);
  EXPECT_EQ(node.find("z")->line, 3U);
  EXPECT_EQ(node.find("a")->line, 2U);
  EXPECT_EQ(json("\xef\xbb\xbf{}").keys.size(), 0U);
  EXPECT_EQ(json("[{\n},\n{}]").values[1].line, 3U);
}

TEST(JsonConfig, NamesThePlaceOfMistakes) {
  EXPECT_THAT(json_error("{\n  \"a\": 1\n  \"b\": 2\n}"),
              StartsWith("w.jsonc:3: not valid JSON: "));
  EXPECT_THAT(json_error(""), StartsWith("w.jsonc:1: not valid JSON"));
  EXPECT_THAT(json_error("{\"a\": 1,, }"), HasSubstr("w.jsonc:1:"));
  EXPECT_THAT(json_error("/* no end"), HasSubstr("not valid JSON"));
  EXPECT_THAT(json_error("{} {}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(json_error("{\"a\": \"no end"), HasSubstr("not valid JSON"));
  EXPECT_THAT(json_error("{\"a\": \"\xff\"}"), HasSubstr("not valid JSON"));
  EXPECT_EQ(json_error(std::string(100'000, '[')), "w.jsonc:1: nested deeper than 64");
}

TEST(TomlConfig, KeepsTheOrderAndLinesOfTheFile) {
  const auto node = toml("z = 1\na = 'x'\n[vars]\nTIME = 2024-05-01\nLIST = [1, 2.5, true]\n");
  EXPECT_THAT(node.keys, ElementsAre("z", "a", "vars"));
  EXPECT_EQ(node.find("a")->line, 2U);
  EXPECT_EQ(node.find("vars")->find("TIME")->text, "2024-05-01");
  EXPECT_EQ(to_json_text(*node.find("vars")->find("LIST")), "[1,2.5,true]");
}

TEST(TomlConfig, NamesThePlaceOfMistakes) {
  const auto read = read_toml_config("a = 1\nb = \n", "w.toml");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what(), StartsWith("w.toml:2: not valid TOML: "));
  EXPECT_FALSE(read_toml_config("a = 1\na = 2\n", "w.toml"));
  EXPECT_FALSE(read_toml_config("a = " + std::string(100'000, '['), "w.toml"));
}

}  // namespace
}  // namespace stead
