#include "cli/config_sources.h"

#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <system_error>

#include "cli/config_file.h"
#include "cli/settings.h"

namespace stead {

namespace {

constexpr std::string_view prefix = "STEAD_";
constexpr std::string_view var_prefix = "STEAD_VAR_";
constexpr std::string_view durability_prefix = "STEAD_DURABILITY_";
constexpr std::string_view file_variable = "STEAD_CONFIG";
constexpr const char* default_file = "stead.toml";

/// Variables that belong to the project's own scripts.
bool is_ignored(std::string_view name) {
  return name == file_variable || name.starts_with("STEAD_TEST_") ||
         name.starts_with("STEAD_BENCH_");
}

std::string unknown_variable(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& setting : settings()) names.push_back(environment_name(setting));
  const auto meant = closest(name, names);
  return "unknown environment variable " + name +
         (meant ? "; did you mean " + *meant + "?" : "; docs/configuration.md lists all");
}

Result<void> read_file(const ConfigSources& sources, Config& config) {
  if (sources.file) return read_config_file(*sources.file, config);
  const auto named = sources.environment.find(std::string(file_variable));
  if (named != sources.environment.end()) return read_config_file(named->second, config);
  std::error_code ignored;
  if (!std::filesystem::exists(default_file, ignored)) return {};
  return read_config_file(default_file, config);
}

Result<void> read_variable(const std::string& name, const std::string& value, Config& config) {
  if (is_ignored(name)) return {};
  if (name.starts_with(var_prefix) && name.size() > var_prefix.size()) {
    config.vars[name.substr(var_prefix.size())] = value;
    return {};
  }
  if (name.starts_with(durability_prefix) && name.size() > durability_prefix.size()) {
    return set_setting(config, "durability." + name.substr(durability_prefix.size()), value);
  }
  for (const auto& setting : settings()) {
    if (environment_name(setting) != name) continue;
    const auto done = setting.set(config, value);
    if (done) return {};
    return Error(ErrorCode::type, name + ": " + done.error().what() + ", not \"" + value + "\"");
  }
  return Error(ErrorCode::type, unknown_variable(name));
}

}  // namespace

Result<Config> load_config(const ConfigSources& sources) {
  Config config;
  if (const auto done = read_file(sources, config); !done) return done.error();
  for (const auto& [name, value] : sources.environment) {
    if (const auto done = read_variable(name, value, config); !done) return done.error();
  }
  for (const auto& [flag, name, value] : sources.flags) {
    const auto done = set_setting(config, name, value);
    if (!done) return Error(ErrorCode::type, flag + ": " + done.error().what());
  }
  return config;
}

std::map<std::string, std::string> stead_environment() {
  std::map<std::string, std::string> found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || !text.starts_with(prefix)) continue;
    found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

}  // namespace stead
