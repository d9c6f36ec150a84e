#include "cli/object_finder.h"

#include <filesystem>
#include <fstream>

#include "base/bytes.h"
#include "runtime/namespace_key.h"
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

/// Without the directory's lock: a server may hold it, and a key never changes.
Result<NamespaceKey> read_key(const std::string& folder) {
  const auto path = folder + "/namespace.key";
  std::ifstream file(path);
  std::string text;
  file >> text;
  const auto secret = from_hex(text);
  if (!secret || secret->size() != 32) {
    return Error(ErrorCode::storage,
                 path + " cannot be read or does not hold 64 hexadecimal digits");
  }
  return NamespaceKey(*secret);
}

}  // namespace

Result<void> check_data_directory(const std::string& data_directory) {
  if (exists(data_directory + "/objects")) return {};
  return Error(ErrorCode::storage, "there is no data directory " + data_directory +
                                       ": name the server's with --data or --config");
}

Result<FoundObject> find_object(const std::string& data_directory, const std::string& class_name,
                                const std::string& object, bool by_id) {
  if (const auto there = check_data_directory(data_directory); !there) return there.error();
  if (!is_class_name(class_name) || !exists(class_path(data_directory, class_name))) {
    return Error(ErrorCode::unknown_class, "no class \"" + class_name + "\" in " + data_directory +
                                               "; there are: " + classes_in(data_directory));
  }
  const auto key = read_key(class_path(data_directory, class_name));
  if (!key) return key.error();
  FoundObject found;
  if (by_id) {
    const auto id = key.value().id_from_string(object);
    if (!id) return id.error();
    found.id = id.value();
  } else {
    found.id = key.value().id_from_name(object);
  }
  found.path = object_path(data_directory, class_name, found.id);
  if (!exists(found.path)) {
    return Error(ErrorCode::storage, class_name + "(" + object + ") has stored nothing: there is " +
                                         "no file " + found.path);
  }
  return found;
}

}  // namespace stead
