#include "cli/object_command.h"

#include <cstdio>
#include <string>

#include "cli/object_finder.h"
#include "cli/object_history.h"
#include "cli/object_list.h"
#include "cli/offline_storage.h"
#include "cli/query_output.h"
#include "cli/text.h"
#include "storage/data_directory.h"
#include "storage/disk_file.h"
#include "storage/object_files.h"
#include "storage/object_index.h"
#include "storage/offline_query.h"
#include "storage/recovery.h"

namespace stead {

namespace {

using Command = CommandLine::Command;
using Access = OfflineFile::Access;

void print(const std::string& line) { std::puts(line.c_str()); }

std::string quoted_name(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

Result<void> show(const CommandLine& line, const FoundObject& object) {
  const auto summary = read_object_summary(object.path);
  if (!summary) return summary.error();
  const auto tables = run_offline_query(
      object.path,
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
      "ESCAPE '\\' AND name <> '_stead_meta' ORDER BY name",
      Access::read);
  if (!tables) return tables.error();
  const auto& name = summary.value().name;
  print("class    " + line.class_name);
  print("name     " + (name ? escape_control(*name) : "(unique id)"));
  print("id       " + object.id.to_string());
  print("file     " + object.path);
  print("size     " + std::to_string(summary.value().size) + " bytes");
  print("created  " + format_time(summary.value().created));
  print("schema   version " + std::to_string(summary.value().schema_version));
  for (const auto& row : tables.value().rows) {
    const auto table = row.at(0).value_or("");
    const auto count =
        run_offline_query(object.path, "SELECT count(*) FROM " + quoted_name(table), Access::read);
    if (!count) return count.error();
    print("table    " + escape_control(table) + ", rows: " + count.value().rows[0][0].value_or(""));
  }
  return {};
}

/// Why a statement failed that would have changed the file.
Error explain(const Error& error, Access access) {
  const std::string text = error.what();
  if (access == Access::write || text.find("readonly") == std::string::npos) return error;
  return Error(error.code(), text + ": add --write to change the database");
}

Result<void> run_sql(const CommandLine& line, const FoundObject& object) {
  const auto access = line.write ? Access::write : Access::read;
  const auto table = run_offline_query(object.path, line.sql, access);
  if (!table) return explain(table.error(), access);
  print_table(table.value());
  if (line.write) print("rows changed: " + std::to_string(table.value().changes));
  return {};
}

Result<void> remove(const FoundObject& object, const std::string& data_directory) {
  const auto index = ObjectIndex::open(data_directory);
  if (const auto done = delete_object_file(object.path); !done) return done.error();
  index->apply({ObjectIndex::Deleted{object.id}});
  index->close();
  return {};
}

/// Commands on one object.
Result<void> run_on(const CommandLine& line, const FoundObject& object,
                    const std::string& data_directory) {
  switch (line.command) {
    case Command::object_show:
      return show(line, object);
    case Command::object_export:
      return export_object(object.path, line.target);
    case Command::object_delete:
      return remove(object, data_directory);
    default:
      return run_sql(line, object);
  }
}

/// The directory, locked and brought up to date; null if there is none, or a server runs on it.
Result<std::unique_ptr<DataDirectory>> take_over(const Config& config) {
  const auto& data_directory = config.data;
  if (!file_exists(data_directory + "/objects")) return std::unique_ptr<DataDirectory>();
  auto lock = DataDirectory::open(data_directory);
  if (!lock) return std::unique_ptr<DataDirectory>();
  try {
    auto& disk = Disk::system();
    const auto recovered = recover(disk, data_directory, Environment::system().random);
    if (recovered.applied == 0) return lock;
    // The journal must go on where this one ends.
    lock.value().reset();
    const OfflineStorage storage(config);
  } catch (const Error& error) {
    return error;
  }
  return DataDirectory::open(data_directory);
}

Result<void> run(const CommandLine& line, const Config& config) {
  if (uses_history(line, config)) return run_object_history(line, config);
  const auto& data_directory = config.data;
  const auto lock = take_over(config);
  if (!lock) return lock.error();
  const bool changes = line.write || line.command == Command::object_delete;
  if (changes && !lock.value() && file_exists(data_directory + "/objects")) {
    return DataDirectory::open(data_directory).error();
  }
  if (line.command == Command::object_list) {
    return list_objects(line, data_directory, lock.value() != nullptr);
  }
  const auto object = find_object(data_directory, line.class_name, line.object, line.by_id);
  if (!object) return object.error();
  const bool deletes = line.command == Command::object_delete;
  if (deletes && !line.yes) {
    return Error(ErrorCode::type, "this would delete " + line.class_name + "(" + line.object +
                                      ") and all that it stored, for good: add --yes");
  }
  return run_on(line, object.value(), data_directory);
}

}  // namespace

int run_object(const CommandLine& line, const Config& config) {
  const auto done = run(line, config);
  if (done) return 0;
  print_error(done.error().what());
  return 1;
}

}  // namespace stead
