#include "project/read_project.h"

#include <algorithm>
#include <filesystem>

namespace stead {

namespace {

namespace fs = std::filesystem;

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

/// Reads one project. Thread: one. Owner: the call of `read_project`.
class Reader {
 public:
  Reader(const ConfigNode& table, Project& project, ConfigNotes& notes)
      : top_(table, "", notes), project_(project), notes_(notes) {}

  void read() {
    read_identity();
    read_vars();
    read_objects();
    read_migrations();
    read_exports();
    read_stores();
    read_assets();
    read_build();
    read_routes();
    read_rest();
  }

 private:
  std::string absolute(const std::string& path) const {
    return (fs::path(project_.folder) / path).lexically_normal().string();
  }

  std::string folder(const std::string& path) const {
    auto text = absolute(path);
    if (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text;
  }

  void read_identity() {
    project_.name = top_.text_or("name", "");
    if (project_.name.empty()) {
      project_.name = default_name();
      if (!project_.environment.empty()) project_.name += "-" + project_.environment;
    }
    const auto& name = project_.name;
    if (name.size() > 255 || !std::ranges::all_of(name, is_name_char)) {
      const auto* node = top_.node("name");
      top_.fail(node ? node->line : 0, "name",
                "expected letters, digits, - and _ only, not \"" + name + "\"");
    }
    if (const auto main = top_.text("main"); main && !main->empty()) {
      project_.main = absolute(*main);
    }
    project_.account_id = top_.text_or("account_id", "");
    project_.compatibility_date = top_.text_or("compatibility_date", "");
    project_.compatibility_flags = top_.texts("compatibility_flags");
  }

  std::string default_name() const {
    std::string name = fs::path(project_.folder).filename().string();
    std::ranges::replace_if(name, [](char c) { return !is_name_char(c); }, '-');
    return name.empty() ? "project" : name;
  }

  void read_vars() {
    auto vars = top_.table("vars");
    if (!vars) return;
    const auto& node = *top_.node("vars");
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const auto& value = node.values[i];
      ProjectVar var{node.keys[i], to_json_text(value)};
      if (value.kind == ConfigNode::Kind::text) var.text = value.text;
      project_.vars.push_back(std::move(var));
    }
  }

  /// Classes name folders of the data.
  static void check_class_name(const TableReader& table, const std::string& name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (!name.empty() && name.size() <= 64 && is_letter(name.front()) &&
        std::ranges::all_of(name, [](char c) { return c != '-' && is_name_char(c); })) {
      return;
    }
    table.fail(table.line(), "",
               "\"" + name +
                   "\" cannot name a class: use a letter, then at most 63 letters, digits and _");
  }

  static std::string class_name(TableReader& table, std::string_view key) {
    auto name = table.required_text(key);
    check_class_name(table, name);
    return name;
  }

  static std::vector<std::string> class_names(TableReader& table, std::string_view key) {
    auto names = table.texts(key);
    for (const auto& name : names) check_class_name(table, name);
    return names;
  }

  void read_objects() {
    auto objects = top_.table("durable_objects");
    if (!objects) return;
    for (auto& each : objects->tables("bindings")) {
      ObjectBinding binding{each.required_text("name"), class_name(each, "class_name"),
                            each.text_or("script_name", ""), each.line()};
      each.ignore({"environment"});
      each.finish();
      for (const auto& other : project_.objects) {
        if (other.name == binding.name) {
          each.fail(each.line(), "name", "two bindings are called \"" + binding.name + "\"");
        }
      }
      project_.objects.push_back(std::move(binding));
    }
    objects->finish();
  }

  void read_migrations() {
    for (auto& each : top_.tables("migrations")) {
      ClassMigration migration{.tag = each.required_text("tag"), .line = each.line()};
      for (const auto& other : project_.migrations) {
        if (other.tag == migration.tag) {
          each.fail(each.line(), "tag", "two migrations are called \"" + migration.tag + "\"");
        }
      }
      migration.created = class_names(each, "new_classes");
      const auto sqlite = class_names(each, "new_sqlite_classes");
      migration.created.insert(migration.created.end(), sqlite.begin(), sqlite.end());
      for (auto& rename : each.tables("renamed_classes")) {
        migration.renamed.push_back({class_name(rename, "from"), class_name(rename, "to")});
        rename.finish();
      }
      migration.deleted = class_names(each, "deleted_classes");
      for (auto& transfer : each.tables("transferred_classes")) {
        migration.transferred.push_back({class_name(transfer, "from"),
                                         transfer.required_text("from_script"),
                                         class_name(transfer, "to")});
        transfer.finish();
      }
      each.finish();
      project_.migrations.push_back(std::move(migration));
    }
  }

  void read_exports() {
    auto exports = top_.table("exports");
    if (!exports) return;
    const auto& node = *top_.node("exports");
    if (!project_.migrations.empty()) {
      top_.fail(node.line, "exports", "use either exports or migrations, not both");
    }
    project_.has_exports = true;
    for (const auto& name : node.keys) {
      auto each = *exports->table(name);
      const auto type = each.choice("type", {"durable-object", "worker"});
      if (type == "durable-object") {
        project_.exports.push_back(read_export(each, name));
      } else {
        each.ignore({"entrypoint", "cache"});
      }
      each.finish();
    }
  }

  static ClassExport read_export(TableReader& each, const std::string& name) {
    using State = ClassExport::State;
    check_class_name(each, name);
    ClassExport result{.class_name = name, .line = each.line()};
    const auto state = each.choice(
        "state", {"created", "deleted", "renamed", "transferred", "expecting-transfer"});
    each.choice("storage", {"sqlite", "legacy-kv"});
    if (state == "deleted") result.state = State::deleted;
    if (state == "renamed") {
      result.state = State::renamed;
      result.other = class_name(each, "renamed_to");
    }
    if (state == "transferred") {
      result.state = State::transferred;
      result.other = each.required_text("transferred_to");
    }
    if (state == "expecting-transfer") {
      result.state = State::expecting_transfer;
      result.other = each.required_text("transfer_from");
    }
    each.ignore({"transfer_from_class", "container"});
    return result;
  }

  void read_stores() {
    for (auto& each : top_.tables("d1_databases")) {
      D1Binding binding{.name = each.required_text("binding")};
      binding.database_name = each.text_or("database_name", "");
      binding.database_id = each.text_or("database_id", "");
      binding.preview_database_id = each.text_or("preview_database_id", "");
      binding.migrations_table = each.text_or("migrations_table", binding.migrations_table);
      binding.migrations_dir = folder(each.text_or("migrations_dir", binding.migrations_dir));
      each.ignore({"migrations_pattern", "remote", "experimental_remote", "database_internal_env"});
      each.finish();
      project_.databases.push_back(std::move(binding));
    }
    for (auto& each : top_.tables("r2_buckets")) {
      R2Binding binding{.name = each.required_text("binding"),
                        .bucket = each.text_or("bucket_name", "")};
      binding.preview_bucket = each.text_or("preview_bucket_name", "");
      each.ignore({"jurisdiction", "remote", "experimental_remote"});
      each.finish();
      project_.buckets.push_back(std::move(binding));
    }
    for (auto& each : top_.tables("kv_namespaces")) {
      KvBinding binding{.name = each.required_text("binding"), .id = each.text_or("id", "")};
      binding.preview_id = each.text_or("preview_id", "");
      each.ignore({"remote", "experimental_remote"});
      each.finish();
      project_.namespaces.push_back(std::move(binding));
    }
  }

  void read_assets() {
    if (auto table = top_.table("assets")) {
      ProjectAssets assets{.directory = folder(table->required_text("directory"))};
      assets.binding = table->text_or("binding", "");
      assets.html_handling = table->choice(
          "html_handling",
          {"auto-trailing-slash", "force-trailing-slash", "drop-trailing-slash", "none"});
      assets.not_found_handling =
          table->choice("not_found_handling", {"none", "single-page-application", "404-page"});
      const auto* first = table->node("run_worker_first");
      if (first && first->kind == ConfigNode::Kind::boolean) {
        if (first->boolean) assets.worker_first = {"/*"};
      } else {
        assets.worker_first = table->texts("run_worker_first");
      }
      table->ignore({"experimental_serve_directly"});
      table->finish();
      project_.assets = std::move(assets);
    }
    read_site();
  }

  void read_site() {
    auto site = top_.table("site");
    if (!site) return;
    ProjectAssets assets{.directory = folder(site->required_text("bucket"))};
    assets.include = site->texts("include");
    assets.exclude = site->texts("exclude");
    assets.html_handling = "none";
    assets.is_site = true;
    site->ignore({"entry-point"});
    site->finish();
    if (project_.assets) {
      notes_.warn(site->line(), "\"site\" is ignored: there are \"assets\" already");
    } else {
      project_.assets = std::move(assets);
    }
  }

  void read_build() {
    auto table = top_.table("build");
    if (!table) return;
    ProjectBuild build{.command = table->text_or("command", ""),
                       .cwd = folder(table->text_or("cwd", "."))};
    auto watch = table->text_or_texts("watch_dir");
    if (watch.empty()) watch = {"./src"};
    for (const auto& path : watch) build.watch.push_back(folder(path));
    table->ignore({"upload"});
    table->finish();
    if (!build.command.empty()) project_.build = std::move(build);
  }

  void read_routes() {
    if (const auto route = top_.text("route")) project_.routes.push_back(*route);
    const auto* routes = top_.node("routes");
    if (!routes) return;
    if (!routes->is_array()) top_.fail(routes->line, "routes", "expected an array");
    for (const auto& each : routes->values) {
      if (each.kind == ConfigNode::Kind::text) {
        project_.routes.push_back(each.text);
        continue;
      }
      TableReader route(each, "routes", notes_);
      auto pattern = route.required_text("pattern");
      if (route.node("class_name")) {
        project_.object_routes.push_back({.pattern = std::move(pattern),
                                          .class_name = route.required_text("class_name"),
                                          .object = route.text_or("object", "{name}"),
                                          .line = route.line()});
      } else {
        project_.routes.push_back(std::move(pattern));
      }
      route.ignore({"zone_id", "zone_name", "custom_domain", "enabled", "previews_enabled"});
      route.finish();
    }
  }

  void read_rest() {
    if (auto triggers = top_.table("triggers")) {
      project_.crons = triggers->texts("crons");
      triggers->finish();
    }
    if (auto limits = top_.table("limits")) {
      project_.cpu_ms = limits->integer("cpu_ms", 1, 86'400'000);
      limits->ignore({"subrequests"});
      limits->finish();
    }
    if (auto dev = top_.table("dev")) {
      project_.dev_ip = dev->text_or("ip", "");
      if (const auto port = dev->integer("port", 0, 65'535)) {
        project_.dev_port = static_cast<std::uint16_t>(*port);
      }
      dev->ignore({"local_protocol", "upstream_protocol", "host", "inspector_port", "inspector_ip",
                   "enable_containers", "container_engine", "generate_types"});
      dev->finish();
    }
  }

  TableReader top_;
  Project& project_;
  ConfigNotes& notes_;
};

}  // namespace

void read_project(const ConfigNode& table, Project& project, ConfigNotes& notes) {
  Reader(table, project, notes).read();
}

}  // namespace stead
