#include "storage/object_store.h"

#include <array>

#include "base/check.h"
#include "storage/disk_file.h"
#include "storage/statement_run.h"

namespace stead {

namespace {

constexpr std::int64_t format = 1;

constexpr const char* across_await =
    "a cursor cannot be held across an await; read it into an array first";

/// The folders below `objects` that a first file may have added: cd, ab and, seen in it, the class.
constexpr int levels_below_objects = 3;

constexpr const char* create_meta =
    "CREATE TABLE _stead_meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID";

void put_meta(Database& database, std::string_view key, const SqlView& value) {
  const std::array bindings{SqlView::of_text(key), value};
  StatementRun run(database, "REPLACE INTO _stead_meta(key, value) VALUES(?1, ?2)", bindings,
                   Trust::trusted);
  run.step();
}

std::optional<std::int64_t> get_meta(Database& database, std::string_view key) {
  const std::array bindings{SqlView::of_text(key)};
  StatementRun run(database, "SELECT value FROM _stead_meta WHERE key = ?1", bindings,
                   Trust::trusted);
  if (!run.step()) return std::nullopt;
  return run.column(0).integer;
}

}  // namespace

ObjectStore::ObjectStore(ObjectStoreConfig config)
    : config_(std::move(config)), sql_(database_), kv_(database_) {}

ObjectStore::~ObjectStore() { close(); }

bool ObjectStore::stored() const {
  if (!stored_) stored_ = file_exists(config_.path);
  return *stored_;
}

void ObjectStore::open_now() {
  if (critical_error()) critical_error()->raise();
  if (closed_) throw StorageError("the storage of this object is closed");
  try {
    if (stored()) {
      open_stored();
    } else {
      open_unstored();
    }
  } catch (...) {
    database_.close(false);
    throw;
  }
  open_ = true;
}

void ObjectStore::open_file() {
  database_.open_file(config_.path, config_.vfs,
                      config_.synced ? Database::Sync::full : Database::Sync::off);
}

void ObjectStore::open_stored() {
  open_file();
  std::optional<std::int64_t> found_format;
  try {
    found_format = get_meta(database_, "format");
  } catch (const SqlError& error) {
    throw StorageError(config_.path + " is not an object's file: " + error.what());
  }
  if (found_format != format) {
    throw StorageError(config_.path + " has the format " +
                       (found_format ? std::to_string(*found_format) : "(none)") +
                       ", but this program knows format 1 only: use the program that wrote it");
  }
  const auto version = get_meta(database_, "schema_version").value_or(0);
  const auto known = static_cast<std::int64_t>(config_.migrations.size());
  if (version > known) {
    throw StorageError(
        "the data of this object was written by a newer program: its schema version "
        "is " +
        std::to_string(version) + ", class " + config_.class_name + " here knows " +
        std::to_string(known) + "; run the newer program");
  }
  if (version < known) {
    migrate(version);
    migrated_ = true;
  }
}

void ObjectStore::open_unstored() {
  database_.open_memory();
  // What is written here follows from the class and the id, so it is no write of the object's: it
  // is stored with the first real one.
  const Database::SilentWrites silent(database_);
  database_.run_trusted(create_meta);
  put_meta(database_, "format", SqlView::of_integer(format));
  put_meta(database_, "name", sql_view(config_.name));
  put_meta(database_, "created", SqlView::of_integer(config_.created.time_since_epoch().count()));
  migrate(0);
  database_.commit();
}

void ObjectStore::migrate(std::int64_t from) {
  for (auto step = static_cast<std::size_t>(from); step < config_.migrations.size(); ++step) {
    try {
      database_.run_script(config_.migrations[step], Trust::app);
    } catch (const Error& error) {
      database_.rollback();
      throw SqlError("migration step " + std::to_string(step) + " of class " + config_.class_name +
                     " failed, and nothing was applied: " + error.what());
    }
  }
  put_meta(database_, "schema_version",
           SqlView::of_integer(static_cast<std::int64_t>(config_.migrations.size())));
}

void ObjectStore::close_cursors() { database_.close_cursors(across_await); }

bool ObjectStore::commit() {
  if (!open_) return false;
  close_cursors();
  const bool changed = database_.commit();
  migrated_ = false;
  if (!changed) return false;
  if (!stored()) write_first_file();
  return true;
}

void ObjectStore::rollback() noexcept {
  if (!open_) return;
  close_cursors();
  database_.rollback();
  if (!std::exchange(migrated_, false)) return;
  // The migrations are undone with the rest: they are applied anew at the next use.
  database_.close();
  open_ = false;
}

std::string ObjectStore::folder() const { return config_.path.substr(0, config_.path.rfind('/')); }

void ObjectStore::sync_folders() const {
  // Another object may just have created a folder above and not have synced it yet, so each level
  // up to the class is synced every time; one without news costs little.
  auto path = folder();
  for (int level = 0; level < levels_below_objects; ++level) {
    sync_folder(path);
    const auto end = path.rfind('/');
    if (end == path.npos || end == 0) return;
    path.resize(end);
  }
}

void ObjectStore::write_first_file() {
  try {
    auto contents = database_.serialize();
    // Bytes 18 and 19 of the header say how the file is read and written: 2 is by WAL.
    contents[18] = contents[19] = 2;
    make_folders(folder());
    const auto temporary = config_.path + ".tmp";
    write_file(temporary, config_.vfs, contents, config_.synced);
    // A WAL that an interrupted delete_all left must not be taken for the new file's.
    remove_file(config_.path + "-wal");
    rename_file(temporary, config_.path);
    if (config_.synced) sync_folders();
    database_.close();
    stored_ = true;
    open_file();
  } catch (const Error& error) {
    StorageError failure("the object's first file could not be written, so the object was reset: " +
                         std::string(error.what()));
    database_.set_critical_error(failure);
    database_.critical_error()->raise();
  }
}

void ObjectStore::delete_all() {
  open();
  if (critical_error()) critical_error()->raise();
  if (database_.savepoint_depth() > 0) {
    throw SqlError("delete_all cannot be called inside transaction_sync: call it after");
  }
  database_.close_cursors("query canceled because its database was deleted");
  database_.close(false);
  open_ = false;
  if (stored()) {
    // After the rename the object is gone; what a crash leaves behind is removed with its next
    // file.
    const auto trash = config_.path + ".deleted";
    rename_file(config_.path, trash);
    remove_file(config_.path + "-wal");
    remove_file(trash);
    stored_ = false;
    if (config_.synced) sync_folder(folder());
  }
  open();
}

void ObjectStore::close() {
  closed_ = true;
  open_ = false;
  database_.close();
}

}  // namespace stead
