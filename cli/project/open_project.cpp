#include "cli/project/open_project.h"

#include <cstdlib>
#include <filesystem>

#include "cli/text.h"
#include "project/load_project.h"

namespace stead {

namespace {

namespace fs = std::filesystem;

std::string environment_of(const CommandLine& line) {
  if (!line.project.environment.empty()) return line.project.environment;
  const char* chosen = std::getenv("CLOUDFLARE_ENV");
  return chosen ? chosen : "";
}

/// wrangler's `--config` names the project's file.
bool is_wrangler_file(const std::optional<std::string>& path) {
  return path && fs::path(*path).filename().string().starts_with("wrangler.");
}

Config load_config_of(const Project& project, ConfigSources sources) {
  std::error_code ignored;
  const auto beside = fs::path(project.folder) / "stead.toml";
  const bool named = sources.file || sources.environment.contains("STEAD_CONFIG");
  if (!named && fs::exists(beside, ignored)) sources.file = beside.string();
  return load_config(sources).take_or_raise();
}

/// What the configuration says of a variable beats what the project says.
void override_vars(Project& project, const Config& config) {
  for (const auto& [name, text] : config.vars) project.set_var(name, text);
}

}  // namespace

OpenProject open_project(const CommandLine& line, OpenOptions options) {
  auto where = line.project.folder.empty() ? std::string(".") : line.project.folder;
  auto sources = line.config;
  if (is_wrangler_file(sources.file)) where = *std::exchange(sources.file, std::nullopt);
  const auto file = find_project(where).take_or_raise();
  OpenProject open;
  open.project =
      load_project(file, {.environment = environment_of(line), .dev = options.dev}).take_or_raise();
  auto& project = open.project;
  if (project.name.empty()) project.name = fs::path(project.folder).filename().string();
  open.config = load_config_of(project, std::move(sources));
  override_vars(project, open.config);
  auto& limit = open.config.python.cpu_limit;
  if (project.cpu_ms && limit == Config{}.python.cpu_limit) {
    limit = std::chrono::milliseconds(*project.cpu_ms);
  }
  return open;
}

void print_warnings(const Project& project) {
  for (const auto& warning : project.warnings) print_error("warning: " + warning);
}

std::string dev_data(const Project& project, const std::string& persist_to) {
  const auto folder =
      persist_to.empty() ? fs::path(project.folder) / ".wrangler" / "state" : fs::path(persist_to);
  return (folder / "stead").string();
}

void make_room_for(const std::string& data) {
  const auto above = fs::absolute(data).lexically_normal().parent_path();
  std::error_code error;
  fs::create_directories(above, error);
  if (error) {
    throw Error(ErrorCode::storage,
                "cannot make the folder " + above.string() + ": " + error.message());
  }
}

}  // namespace stead
