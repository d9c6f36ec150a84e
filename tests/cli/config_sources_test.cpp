#include "cli/config_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_directory.h"

namespace stead {
namespace {

using testing::HasSubstr;

/// A folder of its own as the current one, as `./stead.toml` is looked for there.
class ConfigSourcesTest : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path());
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  void write(const std::string& name, std::string_view text) {
    std::ofstream(folder_.path() + "/" + name) << text;
  }
  static std::string error_of(const ConfigSources& sources) {
    const auto config = load_config(sources);
    return config ? "no error" : config.error().what();
  }

 private:
  test::TemporaryDirectory folder_;
  std::filesystem::path before_;
};

TEST_F(ConfigSourcesTest, GivesDefaultsWithoutSources) {
  const auto config = load_config({});
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config.value().listen, "127.0.0.1:8787");
  EXPECT_EQ(config.value().data, "data");
}

TEST_F(ConfigSourcesTest, FlagsBeatEnvironmentBeatsFileBeatsDefaults) {
  write("stead.toml", "shards = 1\ndata = \"file\"\nlisten = \"file:1\"\n");
  ConfigSources sources;
  sources.environment = {{"STEAD_DATA", "environment"}, {"STEAD_LISTEN", "environment:1"}};
  sources.flags = {{"--listen", "listen", "flag:1"}};
  const auto config = load_config(sources);
  ASSERT_TRUE(config.ok()) << config.error().what();
  EXPECT_EQ(config.value().shards, 1U);
  EXPECT_EQ(config.value().data, "environment");
  EXPECT_EQ(config.value().listen, "flag:1");
  EXPECT_EQ(config.value().log_level, "info");
}

TEST_F(ConfigSourcesTest, ReadsNestedKeysAndVarsFromTheEnvironment) {
  ConfigSources sources;
  sources.environment = {{"STEAD_HTTP_BODY_BYTES", "1MiB"},
                         {"STEAD_VAR_GREETING", "hi"},
                         {"STEAD_DURABILITY_Cache", "none"}};
  sources.flags = {{"--set", "vars.OTHER", "a=b"}};
  const auto config = load_config(sources);
  ASSERT_TRUE(config.ok()) << config.error().what();
  EXPECT_EQ(config.value().http.body_bytes, std::size_t{1} << 20);
  EXPECT_EQ(config.value().vars.at("GREETING"), "hi");
  EXPECT_EQ(config.value().vars.at("OTHER"), "a=b");
  EXPECT_EQ(config.value().durability.at("Cache"), Durability::none);
}

TEST_F(ConfigSourcesTest, ReadsTheNamedFileInsteadOfTheUsualOne) {
  write("stead.toml", "data = \"usual\"\n");
  write("other.toml", "shards = 2\n");
  for (const bool by_flag : {false, true}) {
    ConfigSources sources;
    if (by_flag) sources.file = "other.toml";
    sources.environment["STEAD_CONFIG"] = by_flag ? "missing.toml" : "other.toml";
    const auto config = load_config(sources);
    ASSERT_TRUE(config.ok()) << config.error().what();
    EXPECT_EQ(config.value().data, "data");
    EXPECT_EQ(config.value().shards, 2U);
  }
}

TEST_F(ConfigSourcesTest, RefusesANamedFileThatIsMissing) {
  ConfigSources sources;
  sources.file = "missing.toml";
  EXPECT_EQ(error_of(sources),
            "cannot read the configuration file missing.toml: No such file or directory");
}

TEST_F(ConfigSourcesTest, NamesTheSourceOfAMistake) {
  ConfigSources sources;
  sources.environment = {{"STEAD_HTTP_BODY_BYTE", "1"}};
  EXPECT_EQ(error_of(sources),
            "unknown environment variable STEAD_HTTP_BODY_BYTE; "
            "did you mean STEAD_HTTP_BODY_BYTES?");
  sources.environment = {{"STEAD_SHARDS", "many"}};
  EXPECT_EQ(error_of(sources),
            "STEAD_SHARDS: expected a whole number from 0 to 1024, not \"many\"");
  sources.environment = {{"STEAD_TEST_BIN", "x"}, {"STEAD_BENCH_ROUNDS", "x"}};
  EXPECT_EQ(error_of(sources), "no error");
  sources.flags = {{"--set", "http.body_byte", "1"}};
  EXPECT_THAT(error_of(sources), HasSubstr("--set: unknown key \"http.body_byte\"; did you mean"));
  sources.flags = {{"--log-level", "log_level", "loud"}};
  EXPECT_THAT(error_of(sources), testing::StartsWith("--log-level: log_level: expected"));
}

}  // namespace
}  // namespace stead
