// Whatever a file holds, it is read or refused.
#include <random>

#include "project/dotenv.h"
#include "project/json_config.h"
#include "project/table_reader.h"
#include "project/toml_config.h"
#include "project_folder.h"

namespace stead::test {
namespace {

class Garbage : public ProjectFolder {};

TEST_F(Garbage, IsRefusedOrRead) {
  std::mt19937 random(4);
  constexpr std::string_view pieces[] = {
      "{",    "}",    "[", "]", ",",        ":",    "\"",   "\\",   "//",         "/*",
      "*/",   "\n",   "1", "e", "=",        "'''",  "\"\"", "name", "\"env\"",    "[env.",
      "\xff", "\xef", "#", ".", "\"vars\"", "null", "[[",   "]]",   "migrations", "\0"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto count = random() % 30; count > 0; --count) {
      text += pieces[random() % std::size(pieces)];
    }
    (void)read_json_config(text, "x");
    (void)read_toml_config(text, "x");
    ConfigNotes notes{"x"};
    (void)read_dotenv(text, notes);
  }
}

TEST_F(Garbage, ValuesOfEveryTypeInEveryPlace) {
  constexpr std::string_view keys[] = {"name",
                                       "main",
                                       "account_id",
                                       "compatibility_date",
                                       "compatibility_flags",
                                       "migrations",
                                       "exports",
                                       "assets",
                                       "build",
                                       "triggers",
                                       "routes",
                                       "route",
                                       "limits",
                                       "vars",
                                       "durable_objects",
                                       "site",
                                       "r2_buckets",
                                       "d1_databases",
                                       "kv_namespaces",
                                       "dev",
                                       "env",
                                       "queues",
                                       "unknown"};
  constexpr std::string_view values[] = {"null",
                                         "true",
                                         "-1",
                                         "1.5",
                                         "\"\"",
                                         "\"x\"",
                                         "[]",
                                         "{}",
                                         "[1]",
                                         "[[]]",
                                         "[{}]",
                                         "{\"x\": {}}",
                                         "{\"bindings\": [{\"name\": 1}]}",
                                         "{\"A\": 1}"};
  for (const auto key : keys) {
    for (const auto value : values) {
      const auto path =
          write("wrangler.json", "{\"" + std::string(key) + "\": " + std::string(value) + "}");
      for (const auto* environment : {"", "x"}) {
        const auto project = load_project(path, {.environment = environment, .dev = true});
        const std::string message = project ? "" : project.error().what();
        EXPECT_TRUE(project || message.find("wrangler.json:1: ") != message.npos) << message;
      }
    }
  }
}

TEST_F(Garbage, FilesThatAreNone) {
  EXPECT_FALSE(load_project(folder.string(), {}));
  EXPECT_FALSE(load_project((folder / "none.toml").string(), {}));
  EXPECT_FALSE(load_project(write("wrangler.toml", std::string(5 << 20, '#')), {}));
  EXPECT_FALSE(load_project(write("wrangler.json", std::string(1'000, '\0')), {}));
}

}  // namespace
}  // namespace stead::test
