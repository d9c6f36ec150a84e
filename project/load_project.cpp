#include "project/load_project.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "project/dotenv.h"
#include "project/json_config.h"
#include "project/project_keys.h"
#include "project/read_project.h"
#include "project/toml_config.h"

namespace stead {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view stead_file = "stead.toml";
constexpr std::array<std::string_view, 3> wrangler_files{"wrangler.json", "wrangler.jsonc",
                                                         "wrangler.toml"};
/// Nobody writes that much by hand.
constexpr std::uintmax_t most_bytes = 4 << 20;

/// Nothing if there is no such file. Fails: throws TypeError.
std::optional<std::string> read_if_there(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return std::nullopt;
  if (!error && status.type() != fs::file_type::regular) {
    throw TypeError(path.string() + " is not a file");
  }
  if (const auto size = fs::file_size(path, error); !error && size > most_bytes) {
    throw TypeError(path.string() + " is larger than 4 MiB: that is no configuration");
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad() || text.bad()) throw TypeError("cannot read " + path.string());
  return text.str();
}

/// Fails: throws TypeError.
ConfigNode parse(std::string_view text, const std::string& path) {
  auto node = path.ends_with(".toml") ? read_toml_config(text, path) : read_json_config(text, path);
  return std::move(node).take_or_raise();
}

bool is_project(const ConfigNode& stead_toml) {
  return stead_toml.find("project") || stead_toml.find("main");
}

/// The project's part of a `stead.toml`: `[project]`, or what of the top level are not settings of
/// the server. Its variables may stand on either level.
ConfigNode project_part(const ConfigNode& file, ConfigNotes& notes) {
  ConfigNode part{.kind = ConfigNode::Kind::table, .line = 1};
  if (const auto* project = file.find("project")) {
    if (!project->is_table()) notes.fail(project->line, "project: expected a table");
    part = *project;
    const auto* vars = file.find("vars");
    if (vars && !part.find("vars")) part.set("vars", *vars);
    return part;
  }
  for (std::size_t i = 0; i < file.keys.size(); ++i) {
    if (find_project_key(file.keys[i])) part.set(file.keys[i], file.values[i]);
  }
  return part;
}

/// False if there is no such file.
bool read_vars_file(Project& project, const std::string& name) {
  const auto path = (fs::path(project.folder) / name).string();
  const auto text = read_if_there(path);
  if (!text) return false;
  ConfigNotes notes{path};
  for (const auto& [key, value] : read_dotenv(*text, notes)) project.set_var(key, value);
  project.warnings.insert(project.warnings.end(), notes.warnings.begin(), notes.warnings.end());
  return true;
}

/// `.dev.vars` if there is one, else `.env` and what goes over it.
void read_dev_vars(Project& project) {
  const auto& environment = project.environment;
  if (!environment.empty() && read_vars_file(project, ".dev.vars." + environment)) return;
  if (read_vars_file(project, ".dev.vars")) return;
  read_vars_file(project, ".env");
  read_vars_file(project, ".env.local");
  if (environment.empty()) return;
  read_vars_file(project, ".env." + environment);
  read_vars_file(project, ".env." + environment + ".local");
}

Project load(const std::string& file, const ProjectOptions& options) {
  const auto path = fs::absolute(file).lexically_normal();
  const auto text = read_if_there(path);
  if (!text) throw TypeError("there is no file " + file);
  Project project{.file = path.string(), .folder = path.parent_path().string()};
  project.environment = options.environment;
  ConfigNotes notes{file};
  auto node = parse(*text, file);
  if (path.filename() == stead_file) node = project_part(node, notes);
  read_project(apply_environment(node, options.environment, notes), project, notes);
  project.warnings = std::move(notes.warnings);
  if (options.dev) read_dev_vars(project);
  return project;
}

/// Empty if the folder is no project.
std::string find_in(const fs::path& folder) {
  const auto stead = folder / stead_file;
  if (const auto text = read_if_there(stead)) {
    if (is_project(parse(*text, stead.string()))) return stead.string();
  }
  std::error_code ignored;
  for (const auto name : wrangler_files) {
    if (fs::is_regular_file(folder / name, ignored)) return (folder / name).string();
  }
  return {};
}

std::string find(const std::string& start) {
  std::error_code error;
  if (fs::is_regular_file(start, error)) return start;
  if (!fs::is_directory(start, error)) throw TypeError("there is no folder " + start);
  auto folder = fs::absolute(start).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  for (;; folder = folder.parent_path()) {
    auto found = find_in(folder);
    if (!found.empty()) return found;
    if (folder == folder.root_path()) break;
  }
  throw TypeError("there is no project in " + start +
                  " or above it: it needs a wrangler.toml, wrangler.json, wrangler.jsonc, or a "
                  "stead.toml with [project]");
}

}  // namespace

Result<std::string> find_project(const std::string& folder_or_file) {
  try {
    return find(folder_or_file);
  } catch (const std::exception& error) {
    return Error(ErrorCode::type, error.what());
  }
}

Result<Project> load_project(const std::string& file, const ProjectOptions& options) {
  try {
    return load(file, options);
  } catch (const std::exception& error) {
    return Error(ErrorCode::type, error.what());
  }
}

}  // namespace stead
