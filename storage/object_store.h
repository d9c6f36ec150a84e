#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "base/environment.h"
#include "base/object_id.h"
#include "storage/database.h"
#include "storage/kv.h"
#include "storage/sql.h"

namespace stead {

struct ObjectStoreConfig {
  /// The object's file: see `object_path`.
  std::string path;
  ObjectId id;
  std::string class_name;
  std::optional<std::string> name;
  /// Whether a commit must survive a crash by itself; false if a journal sees to that.
  bool synced = true;
  /// SQL scripts: number i brings the database from version i to i + 1. Must outlive the store.
  std::span<const std::string> migrations;
  WallTime created{};
  /// The SQLite VFS to use; empty for the default.
  std::string vfs;
};

/// The storage of one object: its SQLite file, opened at first use.
///
/// An object without a file lives in memory until the first commit that wrote something, which
/// writes a whole file and renames it into place: an object that only reads never has a file, and a
/// crash leaves none or a whole one. References from `sql()` and `kv()` stay valid throughout.
///
/// Every file has a table `_stead_meta`: format (1), name, created (ms), schema_version.
///
/// Thread: the object's. Owner: the object's instance. Fails: SqlError, StorageError; after a throw
/// of `commit`, discard the store.
class ObjectStore final {
 public:
  explicit ObjectStore(ObjectStoreConfig config);
  /// Closes.
  ~ObjectStore();
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  Sql& sql() { return open(), sql_; }
  Kv& kv() { return open(), kv_; }

  /// Runs `body` in a savepoint and gives what it gives. An exception undoes what `body` wrote, and
  /// is thrown on. Nests.
  template <class Body>
  auto transaction_sync(Body&& body) {
    open();
    Savepoint savepoint(database_);
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      std::forward<Body>(body)();
      savepoint.release();
    } else {
      auto result = std::forward<Body>(body)();
      savepoint.release();
      return result;
    }
  }

  /// Whether a transaction is open.
  bool dirty() const { return database_.in_transaction(); }
  /// Ends the turn: its cursors, and its transaction. True if something changed that must be made
  /// durable (if `synced`, it is). On a throw nothing of the transaction is left and the store must
  /// be discarded; whether a commit that failed with StorageError comes back after a restart is not
  /// known.
  bool commit();
  /// Undoes the transaction and ends the turn's cursors.
  void rollback() noexcept;

  /// Whether it has a file. Does not open it.
  bool stored() const;
  std::int64_t database_size() { return open(), database_.size(); }
  /// Called before the first write of each transaction.
  void set_on_write(std::function<void()> hook) { database_.set_on_write(std::move(hook)); }
  /// Cursors that have rows left.
  std::size_t open_cursors() const { return database_.open_cursors(); }
  void close_cursors();
  /// If set, every use throws it.
  const std::optional<Error>& critical_error() const { return database_.critical_error(); }

  /// Removes everything, the file too, durably if `synced`; the store is then as if new. Throws
  /// SqlError inside `transaction_sync`.
  void delete_all();
  /// Ends an open transaction without committing, and leaves one plain file. It cannot be used
  /// afterwards.
  void close();

 private:
  void open() {
    if (!open_) open_now();
  }
  void open_now();
  void open_stored();
  void open_unstored();
  void open_file();
  void migrate(std::int64_t from);
  void write_first_file();
  std::string folder() const;
  void sync_folders() const;

  const ObjectStoreConfig config_;
  Database database_;
  Sql sql_;
  Kv kv_;
  bool open_ = false;
  bool closed_ = false;
  /// The transaction holds migrations.
  bool migrated_ = false;
  mutable std::optional<bool> stored_;
};

}  // namespace stead
