#include "cli/project/python_environment.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace stead {

namespace {

namespace fs = std::filesystem;

constexpr const char* version = STEAD_PYTHON_VERSION;

fs::path program_of(const fs::path& venv) { return venv / "bin" / "python"; }

bool is_venv(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "pyvenv.cfg", ignored) && fs::exists(program_of(folder), ignored);
}

bool suits(const fs::path& venv) {
  std::error_code ignored;
  return fs::exists(venv / "lib" / (std::string("python") + version), ignored);
}

std::string does_not_suit(const fs::path& venv) {
  return "the virtual environment " + venv.string() + " is of another Python than " + version +
         ", which this program has: make one with `" STEAD_SYSTEM_PYTHON " -m venv`";
}

/// What `auto` finds, in the order of preference.
std::vector<fs::path> candidates(const Project& project) {
  std::vector<fs::path> found;
  const char* active = std::getenv("VIRTUAL_ENV");
  if (active && *active) found.emplace_back(active);
  for (const auto* name : {".venv", "venv"}) found.push_back(fs::path(project.folder) / name);
  std::erase_if(found, [](const fs::path& folder) { return !is_venv(folder); });
  return found;
}

PythonEnvironment find_any(const Project& project) {
  PythonEnvironment found{.program = STEAD_SYSTEM_PYTHON};
  for (const auto& venv : candidates(project)) {
    if (suits(venv)) return {program_of(venv).string(), venv.string()};
    if (found.warning.empty()) found.warning = does_not_suit(venv);
  }
  return found;
}

}  // namespace

PythonEnvironment find_python(const Project& project, const PythonSettings& settings) {
  if (settings.venv == "auto") return find_any(project);
  if (settings.venv == "system") return {.program = STEAD_SYSTEM_PYTHON};
  const auto path = (fs::path(project.folder) / settings.venv).lexically_normal();
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) return {.program = path.string()};
  if (!is_venv(path)) {
    throw Error(ErrorCode::type, "python.venv: " + path.string() +
                                     " is no virtual environment: make one with "
                                     "`" STEAD_SYSTEM_PYTHON " -m venv`, or name another");
  }
  if (!suits(path)) throw Error(ErrorCode::type, "python.venv: " + does_not_suit(path));
  return {program_of(path).string(), path.string()};
}

void clear_build_environment() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text(*entry);
    const auto name = text.substr(0, text.find('='));
    for (const std::string_view prefix : {"WORKERS_CI", "CF_PAGES", "CLOUDFLARE_", "WRANGLER_"}) {
      if (name.starts_with(prefix)) names.emplace_back(name);
    }
  }
  for (const auto& name : names) unsetenv(name.c_str());
}

}  // namespace stead
