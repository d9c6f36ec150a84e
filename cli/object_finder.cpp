#include "cli/object_finder.h"

#include <filesystem>

#include "runtime/namespace_key.h"
#include "storage/data_directory.h"
#include "storage/object_path.h"

namespace stead {

namespace {

namespace fs = std::filesystem;

bool exists(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string classes_in(const std::string& data_directory) {
  std::string names;
  std::error_code ignored;
  for (const auto& folder : fs::directory_iterator(data_directory + "/objects", ignored)) {
    names += (names.empty() ? "" : ", ") + folder.path().filename().string();
  }
  return names.empty() ? "none" : names;
}

}  // namespace

Result<void> check_data_directory(const std::string& data_directory) {
  if (exists(data_directory + "/objects")) return {};
  return Error(ErrorCode::storage, "there is no data directory " + data_directory +
                                       ": name the server's with --data or --config");
}

Result<FoundObject> locate_object(const std::string& data_directory, const std::string& class_name,
                                  const std::string& object, bool by_id) {
  if (const auto there = check_data_directory(data_directory); !there) return there.error();
  if (!is_class_name(class_name) || !exists(class_path(data_directory, class_name))) {
    return Error(ErrorCode::unknown_class, "no class \"" + class_name + "\" in " + data_directory +
                                               "; there are: " + classes_in(data_directory));
  }
  const auto secret = DataDirectory::read_namespace_key(data_directory, class_name);
  if (!secret) return secret.error();
  const NamespaceKey key(secret.value());
  FoundObject found;
  if (by_id) {
    const auto id = key.id_from_string(object);
    if (!id) return id.error();
    found.id = id.value();
  } else {
    found.id = key.id_from_name(object);
  }
  found.path = object_path(data_directory, class_name, found.id);
  return found;
}

Error nothing_stored(const std::string& class_name, const std::string& object,
                     const FoundObject& found) {
  return Error(ErrorCode::storage, class_name + "(" + object +
                                       ") has stored nothing: there is no file " + found.path +
                                       "; if a server runs on this data, it may have it in memory");
}

Result<FoundObject> find_object(const std::string& data_directory, const std::string& class_name,
                                const std::string& object, bool by_id) {
  auto found = locate_object(data_directory, class_name, object, by_id);
  if (found && !exists(found.value().path)) {
    return nothing_stored(class_name, object, found.value());
  }
  return found;
}

}  // namespace stead
