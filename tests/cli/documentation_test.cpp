#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "cli/settings.h"

namespace stead {
namespace {

std::string read_documentation() {
  std::ifstream file(STEAD_SOURCE_DIR "/docs/configuration.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Documentation, NamesEverySettingWithDefaultAndMeaning) {
  const auto text = read_documentation();
  for (const auto& setting : settings()) {
    const auto row = "\n| `" + std::string(setting.name) + "` | `" + setting.show(Config{}) +
                     "` | " + std::string(setting.doc) + " |\n";
    EXPECT_THAT(text, testing::HasSubstr(row));
  }
}

TEST(Documentation, NamesNoSettingThatDoesNotExist) {
  std::istringstream lines(read_documentation());
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `") || line.starts_with("| `vars.") ||
        line.starts_with("| `durability.")) {
      continue;
    }
    const auto name = line.substr(3, line.find('`', 3) - 3);
    if (name.find(' ') != std::string::npos) continue;  // a command
    EXPECT_NE(find_setting(name), nullptr) << name;
    ++rows;
  }
  EXPECT_EQ(rows, settings().size());
}

TEST(Settings, ShowsWhatItSets) {
  for (const auto& setting : settings()) {
    Config config;
    const auto shown = setting.show(config);
    EXPECT_TRUE(setting.set(config, shown).ok()) << setting.name << " " << shown;
    EXPECT_EQ(setting.show(config), shown);
  }
}

TEST(Settings, HaveNamesOfTheirOwnInTheEnvironment) {
  std::set<std::string> names;
  for (const auto& setting : settings()) names.insert(environment_name(setting));
  EXPECT_EQ(names.size(), settings().size());
}

}  // namespace
}  // namespace stead
