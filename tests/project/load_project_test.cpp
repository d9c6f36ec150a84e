#include "project_folder.h"

namespace stead::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LoadProject : public ProjectFolder {};

// As the seed's documentation has it.
TEST_F(LoadProject, ReadsAnOldWranglerToml) {
  const auto project = load("wrangler.toml", R"(
name = "my-django-worker"
main = "./src/worker.py"
compatibility_date = "2025-01-01"
compatibility_flags = [ "python_workers" ]

[site]
bucket = "./staticfiles"

[[rules]]
globs = ["vendor/**/*.py", "vendor/**/*.mo", "vendor/tzdata/**/"]
type = "Data"
fallthrough = true

[[d1_databases]]
binding = "DB"
database_name = "my-django-db"
database_id = "your-d1-database-id"

[[durable_objects.bindings]]
name = "DO_STORAGE"
class_name = "DjangoDO"

[[migrations]]
tag = "v1"
new_classes = ["DjangoDO"]

[build]
command = "python src/manage.py collectstatic --noinput"
)");
  EXPECT_EQ(project.folder, folder.string());
  EXPECT_EQ(project.name, "my-django-worker");
  EXPECT_EQ(shorten(project.main), "src/worker.py");
  EXPECT_TRUE(project.has_flag("python_workers"));
  EXPECT_TRUE(project.compatible_since("2024-12-31"));
  EXPECT_FALSE(project.compatible_since("2025-01-02"));
  ASSERT_TRUE(project.assets);
  EXPECT_EQ(shorten(project.assets->directory), "staticfiles");
  EXPECT_TRUE(project.assets->is_site);
  ASSERT_EQ(project.databases.size(), 1U);
  EXPECT_EQ(project.databases[0].database_id, "your-d1-database-id");
  EXPECT_EQ(project.databases[0].migrations_table, "d1_migrations");
  ASSERT_EQ(project.objects.size(), 1U);
  EXPECT_EQ(project.objects[0].name, "DO_STORAGE");
  EXPECT_TRUE(project.is_own(project.objects[0]));
  ASSERT_EQ(project.migrations.size(), 1U);
  EXPECT_EQ(project.migrations[0].tag, "v1");
  EXPECT_THAT(project.migrations[0].created, ElementsAre("DjangoDO"));
  ASSERT_TRUE(project.build);
  EXPECT_EQ(project.build->cwd, folder.string());
  EXPECT_EQ(shorten(project.build->watch.at(0)), "src");
  EXPECT_THAT(project.warnings, IsEmpty());
}

TEST_F(LoadProject, ReadsANewWranglerJsonc) {
  const auto project = load("wrangler.jsonc", R"({
  "$schema": "node_modules/wrangler/config-schema.json",
  "name": "django-on-workers", // as the template
  "main": "src/index.py",
  "compatibility_date": "2026-08-01",
  "compatibility_flags": ["python_workers"],
  "observability": {"enabled": true},
  "assets": {"directory": "./staticfiles/", "binding": "ASSETS",
             "run_worker_first": ["/api/*", "!/api/docs/*"], "html_handling": "none",
             "not_found_handling": "404-page"},
  "durable_objects": {"bindings": [
    {"name": "ROOMS", "class_name": "Room"},
    {"name": "OTHER", "class_name": "Far", "script_name": "elsewhere"},
  ]},
  "exports": {
    "Room": {"type": "durable-object"},
    "Old": {"type": "durable-object", "state": "renamed", "renamed_to": "Room"},
    "Gone": {"type": "durable-object", "state": "deleted"},
    "Main": {"type": "worker"},
  },
  "r2_buckets": [{"binding": "BUCKET", "bucket_name": "files"}],
  "kv_namespaces": [{"binding": "CACHE", "id": "abc"}],
  "triggers": {"crons": ["*/5 * * * *"]},
  "limits": {"cpu_ms": 50},
  "routes": ["example.com/*", {"pattern": "a.example.com", "custom_domain": true},
             {"pattern": "/{name}/*", "class_name": "Room"},
             {"pattern": "/{a}/{b}", "class_name": "Room", "object": "{a}-{b}"}],
  "dev": {"port": 9000, "ip": "0.0.0.0"},
  "vars": {"N": 1, "S": "x", "O": {"b": [null], "a": "ü"}},
})");
  ASSERT_TRUE(project.assets);
  EXPECT_EQ(shorten(project.assets->directory), "staticfiles");
  EXPECT_THAT(project.assets->worker_first, ElementsAre("/api/*", "!/api/docs/*"));
  EXPECT_EQ(project.assets->html_handling, "none");
  EXPECT_EQ(project.assets->not_found_handling, "404-page");
  EXPECT_FALSE(project.is_own(project.objects.at(1)));
  ASSERT_EQ(project.exports.size(), 3U);
  EXPECT_EQ(project.exports[1].state, ClassExport::State::renamed);
  EXPECT_EQ(project.exports[1].other, "Room");
  EXPECT_EQ(project.buckets.at(0).bucket, "files");
  EXPECT_EQ(project.namespaces.at(0).id, "abc");
  EXPECT_THAT(project.crons, ElementsAre("*/5 * * * *"));
  EXPECT_EQ(project.cpu_ms, 50);
  EXPECT_THAT(project.routes, ElementsAre("example.com/*", "a.example.com"));
  ASSERT_EQ(project.object_routes.size(), 2U);
  EXPECT_EQ(project.object_routes[0].pattern, "/{name}/*");
  EXPECT_EQ(project.object_routes[0].object, "{name}");
  EXPECT_EQ(project.object_routes[1].class_name, "Room");
  EXPECT_EQ(project.object_routes[1].object, "{a}-{b}");
  EXPECT_EQ(project.dev_port, 9000);
  EXPECT_EQ(project.vars_json(), R"({"N":1,"S":"x","O":{"b":[null],"a":"ü"}})");
  EXPECT_EQ(project.vars[1].text, "x");
  EXPECT_FALSE(project.vars[0].text);
  EXPECT_THAT(project.warnings, IsEmpty());
}

TEST_F(LoadProject, ReadsSteadToml) {
  const auto project = load("stead.toml", R"(
listen = "127.0.0.1:0"

[project]
name = "mine"
main = "worker.py"
strange = 1

[vars]
GREETING = "hello"

[python]
mode = "native"
)");
  EXPECT_EQ(project.name, "mine");
  EXPECT_EQ(shorten(project.main), "worker.py");
  EXPECT_EQ(project.vars_json(), R"({"GREETING":"hello"})");
  ASSERT_EQ(project.warnings.size(), 1U);
  EXPECT_EQ(shorten(project.warnings[0]), "stead.toml:7: unknown key \"strange\" is ignored");
  const auto flat = load("stead.toml", "listen = '127.0.0.1:0'\nmain = 'w.py'\nname = 'flat'\n");
  EXPECT_EQ(flat.name, "flat");
  EXPECT_THAT(flat.warnings, IsEmpty());
}

TEST_F(LoadProject, FindsModules) {
  write("src/worker.py", "");
  write("python_modules/x.py", "");
  write("src/vendor/y.py", "");
  const auto project = load("wrangler.toml", "main = 'src/worker.py'\n");
  std::vector<std::string> path;
  for (const auto& each : project.python_path()) path.push_back(shorten(each));
  EXPECT_THAT(path, ElementsAre("src", "python_modules", "src/vendor"));
  EXPECT_THAT(load("wrangler.toml", "").name, testing::StartsWith("stead-test-"));
}

TEST_F(LoadProject, OverridesVariablesWhileDeveloping) {
  constexpr std::string_view text = "[vars]\nA = 'file'\nB = {x = 1}\n";
  write(".env", "A=env\nC=c\n");
  write(".env.local", "C=local\n");
  write(".env.staging", "C=staging\n");
  EXPECT_EQ(load("wrangler.toml", text).vars_json(), R"({"A":"file","B":{"x":1}})");
  EXPECT_EQ(load("wrangler.toml", text, {.dev = true}).vars_json(),
            R"({"A":"env","B":{"x":1},"C":"local"})");
  EXPECT_EQ(load("wrangler.toml", text, {.environment = "staging", .dev = true}).vars[2].text,
            "staging");
  write(".dev.vars", "A = \"dev\"\nB=2\nnonsense\n");
  const auto project = load("wrangler.toml", text, {.dev = true});
  EXPECT_EQ(project.vars_json(), R"({"A":"dev","B":"2"})");
  ASSERT_EQ(project.warnings.size(), 1U);
  EXPECT_THAT(project.warnings[0], HasSubstr(".dev.vars:3: expected NAME=value"));
  write(".dev.vars.staging", "A=other\n");
  EXPECT_EQ(load("wrangler.toml", text, {.environment = "staging", .dev = true}).vars[0].text,
            "other");
}

TEST_F(LoadProject, WarnsOfWhatItDoesNotKnow) {
  const auto project = load("wrangler.toml", R"(
nmae = "a"
queues = {producers = []}
[assets]
directory = "static"
shiny = true
)");
  std::vector<std::string> warnings;
  for (const auto& each : project.warnings) warnings.push_back(shorten(each));
  EXPECT_THAT(warnings,
              ElementsAre("wrangler.toml:2: unknown key \"nmae\" is ignored",
                          "wrangler.toml:3: \"queues\" is not supported: the code finds no such "
                          "binding",
                          "wrangler.toml:6: unknown key \"assets.shiny\" is ignored"));
}

TEST_F(LoadProject, NamesThePlaceOfMistakes) {
  const auto toml = [&](std::string_view text) { return error_of("wrangler.toml", text); };
  EXPECT_EQ(toml("\nname = 3\n"), "wrangler.toml:2: name: expected a string, not an integer");
  EXPECT_EQ(toml("name = 'a b'\n"),
            "wrangler.toml:1: name: expected letters, digits, - and _ only, not \"a b\"");
  EXPECT_EQ(toml("compatibility_flags = ['a', 1]\n"),
            "wrangler.toml:1: compatibility_flags: expected strings, not an integer");
  EXPECT_EQ(toml("[[durable_objects.bindings]]\nname = 'A'\n"),
            "wrangler.toml:1: durable_objects.bindings[0]: \"class_name\" is missing");
  EXPECT_EQ(toml("[[durable_objects.bindings]]\nname = 'A'\nclass_name = '../x'\n"),
            "wrangler.toml:1: durable_objects.bindings[0]: \"../x\" cannot name a class: use a "
            "letter, then at most 63 letters, digits and _");
  EXPECT_THAT(toml("[[migrations]]\ntag='a'\n[[migrations]]\ntag='a'\n"),
              HasSubstr("wrangler.toml:3: migrations[1].tag: two migrations are called \"a\""));
  EXPECT_THAT(toml("[[migrations]]\ntag='a'\ndeleted_classes=['../..']\n"),
              HasSubstr("cannot name a class"));
  EXPECT_THAT(toml("[[migrations]]\ntag='a'\n[exports.A]\ntype='durable-object'\n"),
              HasSubstr("use either exports or migrations"));
  EXPECT_EQ(toml("assets = {directory = ''}\n"),
            "wrangler.toml:1: assets.directory: expected a text that is not empty");
  EXPECT_THAT(toml("dev = {port = 70000}\n"), HasSubstr("dev.port: expected 0 to 65535"));
  EXPECT_EQ(error_of("wrangler.json", "[1]"), "wrangler.json:1: expected a table of keys");
  EXPECT_EQ(error_of("wrangler.json", "{\n\"vars\": 1\n}"),
            "wrangler.json:2: vars: expected a table, not an integer");
}

}  // namespace
}  // namespace stead::test
