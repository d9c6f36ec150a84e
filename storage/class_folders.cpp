#include "storage/class_folders.h"

#include <filesystem>

#include "storage/object_path.h"

namespace stead {

namespace {

namespace fs = std::filesystem;

void remove_tree(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) throw StorageError("cannot remove " + path + ": " + error.message());
}

}  // namespace

bool holds_objects(const std::string& class_folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator each(class_folder, error), end; each != end;
       each.increment(error)) {
    if (error) return true;
    if (id_of_file(each->path().filename().string())) return true;
  }
  return false;
}

std::string ClassFolders::path_of(const std::string& class_name) const {
  if (!is_class_name(class_name)) throw StorageError("\"" + class_name + "\" names no class");
  return class_path(data_, class_name);
}

void ClassFolders::rename(const std::string& from, const std::string& to) {
  const auto old_path = path_of(from);
  const auto new_path = path_of(to);
  if (from == to || !disk_.exists(old_path)) return;
  if (disk_.exists(new_path)) {
    if (holds_objects(new_path)) {
      throw StorageError("the class " + from + " cannot become " + to + ": both have objects in " +
                         data_ + "; delete or rename one of them first");
    }
    // It has been served, so it has a key; nothing was stored with that.
    throw_away(to);
  }
  disk_.rename(old_path, new_path);
  disk_.sync_folder(data_ + "/objects");
}

void ClassFolders::remove(const std::string& class_name) {
  if (disk_.exists(path_of(class_name))) throw_away(class_name);
  // What an interruption has left.
  remove_tree(data_ + "/deleted/" + class_name);
}

/// At one stroke, whatever there is; it may take long to remove it all.
void ClassFolders::throw_away(const std::string& class_name) {
  const auto deleted = data_ + "/deleted";
  const auto path = deleted + "/" + class_name;
  disk_.make_folders(deleted);
  remove_tree(path);
  disk_.rename(path_of(class_name), path);
  disk_.sync_folder(deleted);
  disk_.sync_folder(data_ + "/objects");
  remove_tree(path);
}

}  // namespace stead
