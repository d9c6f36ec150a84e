#include "storage/object_files.h"

#include <sqlite3.h>

#include <filesystem>
#include <memory>

#include "storage/disk_file.h"
#include "storage/object_path.h"
#include "storage/offline_file.h"

namespace stead {

namespace {

namespace fs = std::filesystem;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

Error file_failure(const std::string& path, const std::error_code& error) {
  return Error(ErrorCode::storage, "cannot read " + path + ": " + error.message());
}

template <class Visit>
Result<void> visit_class(const std::string& folder, const std::string& class_name,
                         const Visit& visit) {
  std::error_code error;
  fs::recursive_directory_iterator each(folder, error);
  for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
    const auto id = id_of_file(each->path().filename().string());
    if (id) visit(class_name, *id, each->path().string());
  }
  if (error) return file_failure(folder, error);
  return {};
}

}  // namespace

Result<void> for_each_object_file(
    const std::string& data_dir, const std::optional<std::string>& class_name,
    const std::function<void(const std::string&, const ObjectId&, const std::string&)>& visit) {
  if (class_name) {
    const auto folder = class_path(data_dir, *class_name);
    if (!is_class_name(*class_name) || !fs::is_directory(folder)) {
      return Error(ErrorCode::unknown_class,
                   "there are no stored objects of a class " + *class_name + " in " + data_dir);
    }
    return visit_class(folder, *class_name, visit);
  }
  const auto objects = data_dir + "/objects";
  std::error_code error;
  fs::directory_iterator each(objects, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    const auto name = each->path().filename().string();
    if (!is_class_name(name)) continue;
    auto visited = visit_class(each->path().string(), name, visit);
    if (!visited.ok()) return visited;
  }
  if (error) return file_failure(objects, error);
  return {};
}

Result<ObjectSummary> read_object_summary(const std::string& path) {
  auto file = OfflineFile::open(path, OfflineFile::Access::read);
  if (!file.ok()) return file.error();
  auto* handle = file.value().handle();
  sqlite3_stmt* prepared = nullptr;
  int code =
      sqlite3_prepare_v2(handle, "SELECT key, value FROM _stead_meta", -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, Finalize> statement(prepared);
  if (code == SQLITE_ERROR) return Error(ErrorCode::storage, path + " is not an object's file");
  ObjectSummary summary;
  summary.size = file_size(path);
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(prepared);
    if (code != SQLITE_ROW) break;
    const std::string_view key = reinterpret_cast<const char*>(sqlite3_column_text(prepared, 0));
    if (key == "created") {
      summary.created = WallTime(std::chrono::milliseconds(sqlite3_column_int64(prepared, 1)));
    } else if (key == "schema_version") {
      summary.schema_version = sqlite3_column_int64(prepared, 1);
    } else if (key == "name" && sqlite3_column_type(prepared, 1) == SQLITE_TEXT) {
      summary.name = std::string(reinterpret_cast<const char*>(sqlite3_column_text(prepared, 1)),
                                 static_cast<std::size_t>(sqlite3_column_bytes(prepared, 1)));
    }
  }
  if (code != SQLITE_DONE) return file.value().failure(code);
  return summary;
}

Result<void> export_object(const std::string& path, const std::string& target) {
  if (file_exists(target)) {
    return Error(ErrorCode::storage, target + " exists already: name a file that does not");
  }
  auto file = OfflineFile::open(path, OfflineFile::Access::read);
  if (!file.ok()) return file.error();
  auto* handle = file.value().handle();
  // It writes the target only, but SQLite takes it for a write.
  sqlite3_exec(handle, "PRAGMA query_only=0", nullptr, nullptr, nullptr);
  sqlite3_stmt* prepared = nullptr;
  int code = sqlite3_prepare_v2(handle, "VACUUM INTO ?1", -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, Finalize> statement(prepared);
  if (code == SQLITE_OK) code = sqlite3_bind_text(prepared, 1, target.c_str(), -1, SQLITE_STATIC);
  if (code == SQLITE_OK) code = sqlite3_step(prepared);
  if (code != SQLITE_DONE) return file.value().failure(code);
  return {};
}

Result<void> rename_object(const std::string& path, const std::string& name, WallTime created) {
  auto file = OfflineFile::open(path, OfflineFile::Access::write);
  if (!file.ok()) return file.error();
  sqlite3_stmt* prepared = nullptr;
  int code = sqlite3_prepare_v2(file.value().handle(),
                                "REPLACE INTO _stead_meta VALUES('name', ?1), ('created', ?2)", -1,
                                &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, Finalize> statement(prepared);
  if (code == SQLITE_OK) {
    code = sqlite3_bind_text64(prepared, 1, name.data(), name.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  if (code == SQLITE_OK) code = sqlite3_bind_int64(prepared, 2, created.time_since_epoch().count());
  if (code == SQLITE_OK) code = sqlite3_step(prepared);
  if (code != SQLITE_DONE) return file.value().failure(code);
  return {};
}

Result<void> delete_object_file(const std::string& path) {
  try {
    // Also finds out whether a server has it open.
    auto file = OfflineFile::open(path, OfflineFile::Access::read);
    if (!file.ok()) return file.error();
    const auto trash = path + ".deleted";
    rename_file(path, trash);
    for (const auto* suffix : {"-journal", "-wal", "-shm"}) remove_file(path + suffix);
    remove_file(trash);
    sync_folder(path.substr(0, path.rfind('/')));
  } catch (const Error& error) {
    return error;
  }
  return {};
}

}  // namespace stead
