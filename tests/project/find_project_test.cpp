#include "project_folder.h"

namespace stead::test {
namespace {

using testing::HasSubstr;

class FindProject : public ProjectFolder {
 protected:
  std::string find(const std::string& below = {}) {
    const auto found = find_project((folder / below).string());
    return shorten(found ? found.value() : found.error().what());
  }
};

TEST_F(FindProject, PrefersByNameWithinAFolder) {
  write("wrangler.toml", "name = 'a'");
  EXPECT_EQ(find(), "wrangler.toml");
  write("wrangler.jsonc", "{}");
  EXPECT_EQ(find(), "wrangler.jsonc");
  write("wrangler.json", "{}");
  EXPECT_EQ(find(), "wrangler.json");
  write("stead.toml", "listen = '127.0.0.1:1'\n[python]\nmode = 'native'\n");
  EXPECT_EQ(find(), "wrangler.json");
  write("stead.toml", "main = 'worker.py'");
  EXPECT_EQ(find(), "stead.toml");
  write("stead.toml", "[project]\nname = 'x'\n");
  EXPECT_EQ(find(), "stead.toml");
}

TEST_F(FindProject, LooksUpwardsAndTheNearestCounts) {
  write("wrangler.json", "{}");
  write("a/b/file", "");
  EXPECT_EQ(find("a/b"), "wrangler.json");
  EXPECT_EQ(find("a/b/"), "wrangler.json");
  write("a/wrangler.toml", "");
  EXPECT_EQ(find("a/b"), "a/wrangler.toml");
}

TEST_F(FindProject, TakesAFileAsItIs) {
  write("other.jsonc", "{}");
  EXPECT_EQ(find("other.jsonc"), "other.jsonc");
}

TEST_F(FindProject, SaysWhatIsMissing) {
  EXPECT_THAT(find(), HasSubstr("there is no project in "));
  EXPECT_THAT(find("nowhere"), HasSubstr("there is no folder "));
  write("stead.toml", "main = \n");
  EXPECT_THAT(find(), HasSubstr("stead.toml:1: not valid TOML"));
  std::filesystem::remove(folder / "stead.toml");
  std::filesystem::create_directories(folder / "stead.toml");
  EXPECT_THAT(find(), HasSubstr("stead.toml is not a file"));
}

}  // namespace
}  // namespace stead::test
