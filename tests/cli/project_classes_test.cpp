// Class migrations on real data.
#include "cli/project_classes.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "cli/project_assets.h"
#include "gateway/server.h"
#include "runtime/durable_object.h"
#include "storage/class_folders.h"
#include "storage/data_directory.h"
#include "storage/object_path.h"
#include "tests/gateway/test_client.h"
#include "tests/support/memory_log.h"
#include "tests/support/temporary_directory.h"

namespace stead::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Counter final : public DurableObject {
 public:
  using DurableObject::DurableObject;
  static constexpr const char* migrations[] = {"CREATE TABLE c(n)"};

  Task<Response> fetch(Request request) override {
    if (request.method == "POST") sql().exec("INSERT INTO c VALUES(1)");
    const auto count = sql().one<std::int64_t>("SELECT count(*) FROM c");
    return Response::text(std::to_string(count) + " " + id().to_string());
  }
};

class ProjectClasses : public ::testing::Test {
 protected:
  ProjectClasses() {
    config_.data = data();
    config_.listen = "127.0.0.1:0";
    config_.shards = 2;
    project_.name = "site";
    project_.file = "wrangler.toml";
  }

  std::string data() const { return directory_.path() + "/data"; }

  /// Serves one class, asks for objects by name, and stops. Gives the answers.
  std::vector<std::string> serve(const std::string& class_name,
                                 const std::vector<std::string>& requests,
                                 const std::string& copy_to = {}) {
    App app;
    app.add<Counter>(class_name);
    app.route("/{name}", class_name);
    MemoryLog log;
    Node node(app, config_, Environment::system(), log);
    Server server(app, node);
    node.start();
    server.start();
    std::vector<std::string> answers;
    for (const auto& request : requests) answers.push_back(Client(server.port()).ask(request).body);
    if (!copy_to.empty()) fs::copy(data(), copy_to, fs::copy_options::recursive);
    server.stop(std::chrono::milliseconds(0));
    node.stop(std::chrono::milliseconds(1'000));
    return answers;
  }

  ClassReport apply(bool dev = false) {
    auto report = apply_class_changes(project_, config_, {.dev = dev});
    if (report) return std::move(report).value();
    ADD_FAILURE() << report.error().what();
    return {};
  }
  std::string error() {
    const auto report = apply_class_changes(project_, config_, {});
    return report ? "no error" : report.error().what();
  }
  std::string applied() const {
    std::ifstream file(applied_classes_path(config_.data, project_.name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryDirectory directory_;
  Config config_;
  Project project_;
};

TEST_F(ProjectClasses, AreCreatedAndRemembered) {
  project_.migrations = {{.tag = "v1", .created = {"Room"}}};
  EXPECT_THAT(apply().done, IsEmpty());
  EXPECT_EQ(applied(),
            "{\n  \"format\": 1,\n  \"tag\": \"v1\",\n  \"classes\": [\n    "
            "\"Room\"\n  ]\n}\n");
  EXPECT_THAT(apply().done, IsEmpty());
}

TEST_F(ProjectClasses, KeepObjectsAndIdsOverARename) {
  project_.migrations = {{.tag = "v1", .created = {"Old"}}};
  apply();
  const auto before = serve("Old", {post("/a"), post("/a"), post("/b")});
  project_.migrations.push_back({.tag = "v2", .renamed = {{"Old", "New"}}});
  EXPECT_THAT(apply().done, ElementsAre("class Old is now called New"));
  EXPECT_FALSE(fs::exists(class_path(data(), "Old")));
  EXPECT_THAT(serve("New", {get("/a"), get("/b")}), ElementsAre(before[1], before[2]));
  EXPECT_THAT(apply().done, IsEmpty());
  EXPECT_THAT(serve("New", {get("/a")}), ElementsAre(before[1]));
}

TEST_F(ProjectClasses, TakeWhatTheJournalStillHoldsAlong) {
  project_.migrations = {{.tag = "v1", .created = {"Old"}}};
  apply();
  const auto crashed = directory_.path() + "/crashed";
  const auto before = serve("Old", {post("/a"), post("/b")}, crashed);
  config_.data = crashed;
  project_.migrations.push_back({.tag = "v2", .renamed = {{"Old", "New"}}});
  apply();
  EXPECT_THAT(serve("New", {get("/a"), get("/b")}), ElementsAre(before[0], before[1]));
  EXPECT_FALSE(fs::exists(class_path(crashed, "Old")));
}

TEST_F(ProjectClasses, AreDoneAgainAfterAnInterruption) {
  project_.migrations = {{.tag = "v1", .created = {"Old", "Gone"}}};
  apply();
  const auto before = serve("Old", {post("/a")});
  serve("Gone", {post("/x")});
  project_.migrations.push_back({.tag = "v2", .renamed = {{"Old", "New"}}, .deleted = {"Gone"}});
  // As far as it gets before the tag is written.
  ClassFolders folders(Disk::system(), data());
  folders.rename("Old", "New");
  fs::create_directories(data() + "/deleted");
  fs::rename(class_path(data(), "Gone"), data() + "/deleted/Gone");
  EXPECT_EQ(apply().done.size(), 2U);
  EXPECT_THAT(serve("New", {get("/a")}), ElementsAre(before[0]));
  EXPECT_FALSE(fs::exists(data() + "/deleted/Gone"));
  const auto again = serve("Gone", {get("/x")});
  EXPECT_THAT(again[0], testing::StartsWith("0 "));
}

TEST_F(ProjectClasses, ReadTheExportsOfAProject) {
  project_.has_exports = true;
  project_.exports = {{.class_name = "Old"}};
  apply();
  const auto before = serve("Old", {post("/a")});
  project_.exports = {{.class_name = "Old", .state = ClassExport::State::renamed, .other = "New"},
                      {.class_name = "New"}};
  EXPECT_EQ(apply().done.size(), 1U);
  EXPECT_THAT(serve("New", {get("/a")}), ElementsAre(before[0]));
}

TEST_F(ProjectClasses, RefuseWhatDoesNotFit) {
  project_.objects = {{.name = "R", .class_name = "Room", .line = 7}};
  EXPECT_EQ(error(),
            "wrangler.toml:7: the binding R needs the class Room, which no migration "
            "creates: add a migration with new_sqlite_classes = [\"Room\"]");
  EXPECT_EQ(apply(true).warnings.size(), 1U);
  project_.objects.clear();
  project_.migrations = {{.tag = "v1", .created = {"A", "B"}}};
  apply();
  serve("A", {post("/a")});
  serve("B", {post("/a")});
  project_.migrations.push_back({.tag = "v2", .transferred = {{"B", "other", "C"}}});
  apply();
  project_.migrations.push_back({.tag = "v3", .renamed = {{"A", "C"}}});
  EXPECT_THAT(error(), HasSubstr("there is a class C already"));
  std::ofstream(applied_classes_path(data(), "site")) << "{broken";
  EXPECT_THAT(error(), HasSubstr("site.json is damaged"));
}

TEST_F(ProjectClasses, NeedTheDataForThemselves) {
  apply();
  const auto lock = DataDirectory::open(data()).take_or_raise();
  EXPECT_THAT(error(), HasSubstr("is in use by another process"));
}

TEST(ProjectAssets, BecomeAnApplications) {
  Project project;
  EXPECT_FALSE(assets_of(project));
  project.assets = ProjectAssets{.directory = "/static",
                                 .html_handling = "drop-trailing-slash",
                                 .not_found_handling = "404-page",
                                 .worker_first = {"/api/*"}};
  const auto spec = assets_of(project).value();
  EXPECT_EQ(spec.directory, "/static");
  EXPECT_EQ(spec.html_handling, AssetsSpec::HtmlHandling::drop_trailing_slash);
  EXPECT_EQ(spec.not_found, AssetsSpec::NotFound::page_404);
  EXPECT_FALSE(spec.not_found_for_navigation);
  EXPECT_THAT(spec.application_first, ElementsAre("/api/*"));
  project.compatibility_date = "2025-04-01";
  EXPECT_TRUE(assets_of(project)->not_found_for_navigation);
}

}  // namespace
}  // namespace stead::test
