#include "cli/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stead {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(std::string_view text) {
  Config config;
  const auto done = read_config_text(text, "stead.toml", config);
  return done ? "no error" : done.error().what();
}

TEST(ConfigFile, SetsWhatItNamesAndLeavesTheRest) {
  Config config;
  const auto done = read_config_text(R"(
listen = "0.0.0.0:80"
shards = 3

[object]
idle_timeout = "1m"

[http]
body_bytes = "1MiB"
header_bytes = 4096

[vars]
GREETING = "hello"

[durability]
Cache = "none"
)",
                                     "stead.toml", config);
  ASSERT_TRUE(done.ok()) << done.error().what();
  EXPECT_EQ(config.listen, "0.0.0.0:80");
  EXPECT_EQ(config.shards, 3U);
  EXPECT_EQ(config.object.idle_timeout, milliseconds(60'000));
  EXPECT_EQ(config.http.body_bytes, std::size_t{1} << 20);
  EXPECT_EQ(config.http.header_bytes, 4'096U);
  EXPECT_EQ(config.vars.at("GREETING"), "hello");
  EXPECT_EQ(config.durability.at("Cache"), Durability::none);
  EXPECT_EQ(config.data, Config{}.data);
  EXPECT_EQ(config.http.idle_timeout, Config{}.http.idle_timeout);
}

TEST(ConfigFile, NamesLineAndLikelyKeyOfAnUnknownOne) {
  EXPECT_EQ(error_of("# comment\n\n[http]\nbody_byte = 1\n"),
            "stead.toml:4: unknown key \"http.body_byte\"; did you mean \"http.body_bytes\"?");
  EXPECT_EQ(error_of("body_bytes = 1\n"),
            "stead.toml:1: unknown key \"body_bytes\"; did you mean \"http.body_bytes\"?");
  EXPECT_EQ(error_of("[zebra]\nstripes = 1\n"),
            "stead.toml:1: unknown key \"zebra\"; docs/configuration.md lists all");
  EXPECT_THAT(error_of("[http.deeper]\nx = 1\n"), StartsWith("stead.toml:1: unknown key"));
}

TEST(ConfigFile, LeavesAProjectsPartAlone) {
  EXPECT_EQ(error_of("[project]\nmain = 'x.py'\nanything = 1\n[python]\nmode = 'native'\n"),
            "no error");
  EXPECT_EQ(error_of("main = 'x.py'\nname = 'x'\nshards = 1\nassets.directory = 'static'\n"),
            "no error");
  EXPECT_EQ(error_of("main = 'x.py'\nnmae = 'x'\n"),
            "stead.toml:2: unknown key \"nmae\"; docs/configuration.md lists all");
  EXPECT_EQ(error_of("name = 'x'\n"),
            "stead.toml:1: unknown key \"name\"; docs/configuration.md lists all");
}

TEST(ConfigFile, NamesTheExpectedTypeOfAWrongOne) {
  EXPECT_EQ(error_of("shards = \"two\"\n"),
            "stead.toml:1: shards: expected an integer, not string");
  EXPECT_EQ(error_of("\nlisten = 8787\n"), "stead.toml:2: listen: expected a string, not integer");
  EXPECT_EQ(error_of("stop_timeout = 10\n"),
            "stead.toml:1: stop_timeout: expected a string as \"10s\", not integer");
  EXPECT_THAT(error_of("http = 5\n"), StartsWith("stead.toml:1: \"http\" is a table"));
  EXPECT_THAT(error_of("[listen]\nx = 1\n"), StartsWith("stead.toml:1: listen: expected"));
  EXPECT_THAT(error_of("[vars]\nN = 5\n"), StartsWith("stead.toml:2: vars.N: expected a string"));
}

TEST(ConfigFile, RefusesBadValues) {
  EXPECT_EQ(error_of("shards = -1\n"),
            "stead.toml:1: shards: expected a whole number from 0 to 1024, not \"-1\"");
  EXPECT_THAT(error_of("log_level = \"loud\"\n"),
              HasSubstr("expected debug, info, warning or error, not \"loud\""));
  EXPECT_THAT(error_of("stop_timeout = \"soon\"\n"), HasSubstr("expected a duration"));
  EXPECT_THAT(error_of("[http]\nbody_bytes = \"big\"\n"), StartsWith("stead.toml:2: "));
  EXPECT_THAT(error_of("data = \"\"\n"), HasSubstr("not empty"));
  EXPECT_EQ(error_of("[durability]\nCache = \"some\"\n"),
            "stead.toml:2: durability.Cache: expected journal or none, not \"some\"");
}

TEST(ConfigFile, RefusesDuplicatesAndBadSyntaxWithTheLine) {
  EXPECT_THAT(error_of("shards = 1\nshards = 2\n"), StartsWith("stead.toml:2: "));
  EXPECT_THAT(error_of("[http]\nbody_bytes = 1\n[http]\n"), StartsWith("stead.toml:3: "));
  EXPECT_THAT(error_of("\n\nlisten = oops\n"), StartsWith("stead.toml:3: "));
  EXPECT_THAT(error_of("listen"), StartsWith("stead.toml:1: "));
}

TEST(ConfigFile, AcceptsAnEmptyFileAndRefusesAMissingOne) {
  Config config;
  EXPECT_TRUE(read_config_text("", "stead.toml", config).ok());
  const auto missing = read_config_file("/nowhere/stead.toml", config);
  ASSERT_FALSE(missing.ok());
  EXPECT_STREQ(missing.error().what(),
               "cannot read the configuration file /nowhere/stead.toml: No such file or directory");
  EXPECT_FALSE(read_config_file("/", config).ok());
}

}  // namespace
}  // namespace stead
