#include "project_folder.h"

#include <fstream>

namespace stead::test {

std::string ProjectFolder::write(const std::string& name, std::string_view text) {
  const auto path = folder / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

Project ProjectFolder::load(const std::string& name, std::string_view text,
                            const ProjectOptions& options) {
  auto project = load_project(write(name, text), options);
  if (!project) {
    ADD_FAILURE() << project.error().what();
    return {};
  }
  return std::move(project).value();
}

std::string ProjectFolder::error_of(const std::string& name, std::string_view text,
                                    const ProjectOptions& options) {
  const auto project = load_project(write(name, text), options);
  return project ? "no error" : shorten(project.error().what());
}

std::string ProjectFolder::shorten(std::string text) const {
  const auto prefix = folder.string() + "/";
  for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix)) {
    text.erase(at, prefix.size());
  }
  return text;
}

}  // namespace stead::test
