// `env.NAME`: what is inherited and what is not.
#include "project_folder.h"

namespace stead::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class EnvironmentTest : public ProjectFolder {};

constexpr std::string_view text = R"(
name = "site"
main = "src/worker.py"
compatibility_date = "2025-01-01"
compatibility_flags = ["python_workers"]

[vars]
MODE = "top"

[durable_objects]
bindings = [{name = "ROOMS", class_name = "Room"}]

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Room"]

[assets]
directory = "static"

[env.staging]
compatibility_date = "2025-06-01"
vars = {MODE = "staging"}

[env.live]
name = "live-site"
vars = {}
durable_objects.bindings = [{name = "HALLS", class_name = "Hall"}]
nonsense = 1
dev = {port = 1}
)";

TEST_F(EnvironmentTest, TopLevelIgnoresTheOthers) {
  const auto project = load("wrangler.toml", text);
  EXPECT_EQ(project.name, "site");
  EXPECT_EQ(project.vars_json(), R"({"MODE":"top"})");
  EXPECT_EQ(project.objects.size(), 1U);
  EXPECT_THAT(project.warnings, IsEmpty());
}

TEST_F(EnvironmentTest, InheritsSomeKeysOnly) {
  const auto project = load("wrangler.toml", text, {.environment = "staging"});
  EXPECT_EQ(project.name, "site-staging");
  EXPECT_EQ(shorten(project.main), "src/worker.py");
  EXPECT_EQ(project.compatibility_date, "2025-06-01");
  EXPECT_THAT(project.compatibility_flags, ElementsAre("python_workers"));
  EXPECT_EQ(project.vars_json(), R"({"MODE":"staging"})");
  EXPECT_THAT(project.objects, IsEmpty());
  EXPECT_EQ(project.migrations.size(), 1U);
  EXPECT_TRUE(project.assets);
  ASSERT_EQ(project.warnings.size(), 1U);
  EXPECT_EQ(shorten(project.warnings[0]),
            "wrangler.toml:10: \"durable_objects\" is not inherited by [env.staging], which has "
            "none; repeat it there if it is meant");
}

TEST_F(EnvironmentTest, SaysItsOwn) {
  const auto project = load("wrangler.toml", text, {.environment = "live"});
  EXPECT_EQ(project.name, "live-site");
  EXPECT_EQ(project.vars_json(), "{}");
  ASSERT_EQ(project.objects.size(), 1U);
  EXPECT_EQ(project.objects[0].class_name, "Hall");
  EXPECT_FALSE(project.dev_port);
  ASSERT_EQ(project.warnings.size(), 2U);
  EXPECT_THAT(project.warnings[0], HasSubstr("unknown key \"env.live.nonsense\""));
  EXPECT_THAT(project.warnings[1], HasSubstr("\"env.live.dev\" is ignored"));
}

TEST_F(EnvironmentTest, MustExistIfThereAreAny) {
  EXPECT_EQ(error_of("wrangler.toml", text, {.environment = "prod"}),
            "wrangler.toml:20: there is no environment \"prod\"; there are: staging, live");
  const auto project =
      load("wrangler.toml", "name = 'a'\nvars = {X = 1}\n", {.environment = "prod"});
  EXPECT_EQ(project.name, "a-prod");
  EXPECT_EQ(project.vars_json(), R"({"X":1})");
  EXPECT_EQ(project.warnings.size(), 1U);
  EXPECT_THAT(error_of("wrangler.toml", "env = 3\n", {.environment = "prod"}),
              HasSubstr("wrangler.toml:1: env: expected a table, not an integer"));
  EXPECT_THAT(error_of("wrangler.toml", "env.prod = 3\n", {.environment = "prod"}),
              HasSubstr("env.prod: expected a table"));
}

}  // namespace
}  // namespace stead::test
