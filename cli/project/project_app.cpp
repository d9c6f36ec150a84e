#include "cli/project/project_app.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/project_assets.h"
#include "cli/text.h"

namespace stead {

namespace {

/// What the package's `_host.load` is given.
std::string host_project(const Project& project, const PythonSettings& settings) {
  nlohmann::json json{{"main", project.main},
                      {"path", project.python_path()},
                      {"mode", settings.mode},
                      {"name", project.name},
                      {"compatibility_date", project.compatibility_date},
                      {"compatibility_flags", project.compatibility_flags}};
  json["vars"] = nlohmann::json::parse(project.vars_json());
  json["bindings"] = nlohmann::json::object();
  for (const auto& binding : project.objects) {
    if (project.is_own(binding)) json["bindings"][binding.name] = binding.class_name;
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

}  // namespace

ProjectApp::ProjectApp(const OpenProject& open, const PythonEnvironment& python, CodeUse use)
    : project_(open.project) {
  if (auto assets = assets_of(project_)) app_.assets(std::move(*assets));
  if (project_.main.empty()) return;
  if (!project_.main.ends_with(".py")) {
    throw Error(ErrorCode::type, project_.file + ": main: " + project_.main +
                                     " is not Python; objects in C++ are served by a program of "
                                     "their own (see examples/1_counter)");
  }
  const auto& settings = open.config.python;
  PythonConfig config{.python = python.program, .project = host_project(project_, settings)};
  config.limits = use.unlimited
                      ? PythonLimits{.cpu = std::chrono::milliseconds(0)}
                      : PythonLimits{.cpu = settings.cpu_limit, .wall = settings.wall_limit};
  python_ = std::make_unique<PythonHost>(config);
  python_->add_to(app_);
  check_bindings();
  add_routes();
}

void ProjectApp::add_routes() {
  for (const auto& route : project_.object_routes) {
    require_class(route.line, "route " + route.pattern, route.class_name);
    app_.route(route.pattern, route.class_name, route.object);
  }
}

void ProjectApp::check_bindings() const {
  for (const auto& binding : project_.objects) {
    if (project_.is_own(binding)) {
      require_class(binding.line, "binding " + binding.name, binding.class_name);
    } else {
      print_error("warning: " + place(binding.line) + "the binding " + binding.name +
                  " is for a class of " + binding.script_name +
                  ", which is not served here: it is left out");
    }
  }
}

std::string ProjectApp::place(std::size_t line) const {
  return project_.file + ":" + std::to_string(line) + ": ";
}

void ProjectApp::require_class(std::size_t line, const std::string& what,
                               const std::string& name) const {
  if (has(python_->classes(), name)) return;
  throw Error(ErrorCode::type, place(line) + "the " + what + " needs the class " + name +
                                   ", which " + project_.main +
                                   " does not have (it has: " + joined(python_->classes()) + ")");
}

std::vector<std::string> ProjectApp::classes() const {
  std::vector<std::string> names;
  for (const auto& binding : project_.objects) {
    if (project_.is_own(binding) && !has(names, binding.class_name)) {
      names.push_back(binding.class_name);
    }
  }
  return names.empty() && python_ ? python_->classes() : names;
}

}  // namespace stead
