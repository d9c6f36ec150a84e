#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/environment.h"
#include "base/object_id.h"
#include "storage/database.h"
#include "storage/disk.h"
#include "storage/durability.h"
#include "storage/empty_database.h"
#include "storage/kv.h"
#include "storage/object_file.h"
#include "storage/sql.h"
#include "storage/transaction.h"

namespace stead {

struct ObjectStoreConfig {
  Disk& disk;
  /// What the objects of its class begin with. Must outlive the store.
  EmptyDatabase& empty;
  /// The object's file: see `object_path`.
  std::string path{};
  ObjectId id{};
  std::optional<std::string> name{};
  Durability durability = Durability::journal;
  WallTime created{};
  SpillLimits spill{};
  /// Journal records carry former images too, for history.
  bool undoable = false;
  SqlLimits sql_limits = SqlLimits::reference;
};

/// The storage of one object: its SQLite database, opened at first use. A commit gives a
/// `Transaction` for the journal and stays in memory; `checkpoint` moves what is durable into the
/// object's file.
///
/// An object that only reads never has a file. References from `sql()` and `kv()` stay valid
/// throughout.
///
/// Thread: the object's. Owner: the `LiveObject`, since what is durable and not in the file yet
/// must outlive an instance. Fails: SqlError, StorageError; after a throw of `commit`, `rebuild`.
class ObjectStore final {
 public:
  explicit ObjectStore(ObjectStoreConfig config);
  ~ObjectStore();
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  Sql& sql() { return open(), sql_; }
  Kv& kv() { return open(), kv_; }
  /// The connection itself, for a driver; the same for the life of the store, but open only until
  /// the next `rebuild` or `delete_all`: ask again each time.
  Database& database() { return open(), database_; }

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

  /// While it lives, output does not wait for what is written.
  Database::UnconfirmedWrites unconfirmed_writes() {
    return Database::UnconfirmedWrites((open(), database_));
  }

  /// Whether a transaction is open, or has parts (`commit_part`).
  bool dirty() const { return database_.in_transaction() || partial_; }
  /// Ends the turn: its cursors, and its transaction. What is to be made durable now, under this
  /// number of the object's; nothing if nothing changed, or if it can wait (`unflushed`). On a
  /// throw nothing of the transaction is left. While a savepoint is open it does and gives nothing:
  /// the transaction and its cursors go on into the next turn.
  std::optional<Transaction> commit(std::uint64_t sequence);
  /// Ends what is a transaction to SQLite, within a turn: the turn is one commit all the same, so
  /// that `rebuild` takes this back until `commit` was called. Gives what earlier turns have left
  /// unflushed, to be made durable under this number. Does nothing while a savepoint is open.
  std::optional<Transaction> commit_part(std::uint64_t sequence);
  /// Undoes what SQLite has not committed and ends the turn's cursors.
  void rollback() noexcept;
  /// Removes everything. The store is then as if new; the file goes once this is durable. Nothing
  /// to make durable if nothing was stored. Throws SqlError inside `transaction_sync`.
  std::optional<Transaction> delete_all(std::uint64_t sequence);

  /// Whether there are commits of whole turns that no transaction has taken yet
  /// (`Durability::none`).
  bool unflushed() const { return file_ && file_->uncaptured() && !partial_; }
  /// Those, to be made durable.
  std::optional<Transaction> flush(std::uint64_t sequence);
  /// The next `commit` takes them along.
  void request_flush() { flush_requested_ = true; }

  /// Commits up to `sequence` are durable.
  void durable(std::uint64_t sequence);
  /// Whether commits are under way, so that `checkpoint` and `rebuild` must wait.
  bool pending() const;
  /// Whether enough has gathered in memory for a checkpoint.
  bool wants_checkpoint() const;
  /// Moves what is durable into the file, without a sync. Requires `!pending()`, no transaction and
  /// nothing unflushed. Loses nothing if it fails.
  void checkpoint();
  /// Whether `checkpoint` has changed what is on disk since the last call.
  bool take_disk_changed() { return std::exchange(disk_changed_, false); }
  /// Closes the connection and takes back what is not durable, after a failure. Every outcome must
  /// be known.
  void rebuild();

  /// Bytes held in memory for pages that are not in the file.
  std::size_t memory() const { return file_ ? file_->memory() : 0; }

  /// Whether it has, or will have, a file. Opens it if need be.
  bool stored();
  std::int64_t database_size() { return open(), database_.size(); }
  /// Asks the owner to take everything back to a commit of the journal before the next instance.
  void request_restore(std::optional<std::uint64_t> number) { restore_request_ = number; }
  const std::optional<std::uint64_t>& restore_request() const { return restore_request_; }

  /// Called before the first write of each transaction.
  void set_on_write(std::function<void()> hook) { database_.set_on_write(std::move(hook)); }
  /// Cursors that have rows left.
  std::size_t open_cursors() const { return database_.open_cursors(); }
  void close_cursors();
  /// If set, every use throws it, until `rebuild`.
  const std::optional<Error>& critical_error() const { return database_.critical_error(); }
  const std::string& path() const { return config_.path; }

  /// Ends an open transaction without committing. What is not in the file is forgotten here; the
  /// journal has it. It cannot be used afterwards.
  void close();

 private:
  /// What `delete_all` has put aside until it is durable.
  struct Buried {
    std::uint64_t sequence;
    std::unique_ptr<ObjectFile> file;
  };

  void open() {
    if (!open_) open_now();
  }
  void open_now();
  void open_layers();
  void open_stored();
  void recover_foreign_file();
  std::unique_ptr<ObjectFile> new_file() const;
  /// Commits to SQLite only.
  void commit_to_sqlite();
  void write_birth();
  void shrink();

  const ObjectStoreConfig config_;
  std::unique_ptr<ObjectFile> file_;
  std::vector<Buried> buried_;
  Database database_;
  Sql sql_;
  Kv kv_;
  bool open_ = false;
  bool closed_ = false;
  /// The transaction holds migrations.
  bool migrated_ = false;
  bool flush_requested_ = false;
  /// The turn has committed a part of its transaction, and whether output waits for it.
  bool partial_ = false;
  bool part_confirmed_ = false;
  std::optional<std::uint64_t> restore_request_;
  bool disk_changed_ = false;
  /// A removal is durable: the file on disk is of no use any more.
  bool removal_due_ = false;
  /// The next commit looks for pages to give back.
  bool may_shrink_ = false;
};

}  // namespace stead
