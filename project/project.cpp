#include "project/project.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace stead {

namespace {

std::string json_of(const std::string& text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

void Project::set_var(const std::string& var_name, const std::string& text) {
  ProjectVar var{var_name, json_of(text), text};
  const auto found = std::ranges::find(vars, var_name, &ProjectVar::name);
  if (found == vars.end()) {
    vars.push_back(std::move(var));
  } else {
    *found = std::move(var);
  }
}

bool Project::has_flag(std::string_view flag) const {
  return std::ranges::find(compatibility_flags, flag) != compatibility_flags.end();
}

bool Project::is_own(const ObjectBinding& binding) const {
  return binding.script_name.empty() || binding.script_name == name;
}

std::string Project::vars_json() const {
  std::string text = "{";
  for (const auto& var : vars) {
    text += (text.size() > 1 ? "," : "") + json_of(var.name) + ":" + var.json;
  }
  return text + "}";
}

std::vector<std::string> Project::python_path() const {
  namespace fs = std::filesystem;
  std::vector<std::string> all;
  std::error_code ignored;
  for (const auto& path : {fs::path(main).parent_path(), fs::path(folder) / "python_modules",
                           fs::path(folder) / "src" / "vendor"}) {
    if (!path.empty() && fs::is_directory(path, ignored)) all.push_back(path.string());
  }
  return all;
}

}  // namespace stead
