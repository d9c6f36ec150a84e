#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "storage/guard.h"
#include "storage/sql_function.h"
#include "storage/statement_cache.h"
#include "storage/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace stead {

class ObjectFile;
class OpenCursor;

/// One SQLite connection, which may be closed and opened on another file while `Sql` and `Kv` keep
/// their reference. It opens a transaction at the first write and keeps it until `commit` or
/// `rollback`; reads open none.
///
/// Invariant: once SQLite by itself has undone a transaction (disk full, I/O error, no memory,
/// ON CONFLICT ROLLBACK), every later use throws the same `StorageError`.
/// Thread: one. Owner: `ObjectStore`. Fails: SqlError, StorageError.
class Database final {
 public:
  explicit Database(SqlLimits limits = SqlLimits::reference);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Opens an object's file. Requires that it is closed, and that `file` is open and outlives the
  /// connection.
  void open(ObjectFile& file);
  /// Opens a new, empty database in memory. Requires that it is closed.
  void open_memory();
  /// Opens a copy, in memory, of a database that is given as the bytes of a file.
  void open_image(std::span<const std::uint8_t> image);
  /// Ends the transaction without committing, the cursors and the connection. Writes nothing.
  void close();
  bool is_open() const { return handle_ != nullptr; }

  /// Called before the first write of each transaction; may throw to refuse it.
  void set_on_write(std::function<void()> hook) { on_write_ = std::move(hook); }
  /// While it lives, writes are not announced to the hook.
  class SilentWrites {
   public:
    explicit SilentWrites(Database& database) : database_(database) { database_.silent_ = true; }
    ~SilentWrites() { database_.silent_ = false; }
    SilentWrites(const SilentWrites&) = delete;
    SilentWrites& operator=(const SilentWrites&) = delete;

   private:
    Database& database_;
  };
  /// While it lives, writes do not count as ones that output waits for.
  class UnconfirmedWrites {
   public:
    explicit UnconfirmedWrites(Database& database)
        : database_(database), before_(std::exchange(database.unconfirmed_, true)) {}
    ~UnconfirmedWrites() { database_.unconfirmed_ = before_; }
    UnconfirmedWrites(const UnconfirmedWrites&) = delete;
    UnconfirmedWrites& operator=(const UnconfirmedWrites&) = delete;

   private:
    Database& database_;
    bool before_;
  };
  bool in_transaction() const { return in_transaction_; }
  /// Whether the last transaction had a write that output waits for.
  bool confirmed() const { return confirmed_; }
  /// Opens the transaction if there is none, without announcing a write.
  void begin();
  /// Whether the open transaction has changed rows or the schema.
  bool changed();
  /// True if pages of the file changed, so that there is something to make durable. A failure
  /// leaves nothing of the transaction and counts as a critical error.
  bool commit();
  void rollback() noexcept;
  /// Changes at each rollback, open and close: what was known of tables may no longer hold.
  std::uint64_t rollback_count() const { return rollback_count_; }

  /// Nested transactions, innermost first. Prefer `Savepoint`.
  void open_savepoint();
  void release_savepoint();
  void rollback_savepoint() noexcept;
  int savepoint_depth() const { return static_cast<int>(savepoints_.size()); }
  /// The same by name, in any case; of two with one name the inner one is meant. Throw SqlError if
  /// there is none of this name.
  void open_savepoint(std::string_view name);
  /// Ends it and those within it; what was written stays.
  void release_savepoint(std::string_view name);
  /// Undoes what was written since. It stays open; those within it end.
  void rollback_to_savepoint(std::string_view name);

  const std::optional<Error>& critical_error() const { return critical_error_; }
  /// Makes every later use throw this; the first one stands.
  void set_critical_error(Error error);
  /// For a connection that is closed and will be opened anew.
  void clear_critical_error() { critical_error_.reset(); }

  /// Cursors that have rows left.
  std::size_t open_cursors() const;
  /// Lets those that can read their rows into memory do so, and be over.
  void keep_cursor_rows();
  /// Ends them: the next use of each throws a SqlError with this text.
  void close_cursors(const std::string& reason);

  /// Bytes of the pages in use.
  std::int64_t size();
  /// Rows inserted, updated and deleted since the connection was opened.
  std::int64_t total_changes() const;
  /// Rows that the last statement that writes changed, without those of its triggers.
  std::int64_t changes() const;
  std::int64_t last_insert_rowid() const;
  /// Whether a commit would now fail for a foreign key.
  bool violates_foreign_keys() const;

  /// Adds a function to SQL, or puts it in the place of one with this name and number of arguments.
  /// It is there again when the database is opened anew. Throws SqlError.
  void add_function(std::shared_ptr<const SqlFunction> function);
  /// Takes away the function of this name and number of arguments, if it was added.
  void remove_function(const std::string& name, int arity);

  /// Called again and again while a statement runs long, from within it; false interrupts it. Null
  /// for none.
  void set_watch(bool (*go_on)());

  /// The database as the bytes of a file, with what is not committed yet.
  Bytes serialize();

  // For `StatementRun`.

  /// Compiles the last statement of a text, or finds it compiled, and marks it busy; those before
  /// it are run to their end.
  Statement& acquire(std::string_view sql, Trust trust, std::optional<std::size_t> bindings);
  /// Throws SqlError unless it takes this many arguments.
  static void require_parameters(const Statement& statement, std::size_t bindings);
  void bind(Statement& statement, std::span<const SqlView> bindings, bool copy);
  /// True if there is a row. Opens the transaction before a write.
  bool step(Statement& statement);
  void release(Statement& statement) noexcept;

  /// Runs a script of statements without arguments; text without any statement is allowed.
  void run_script(std::string_view sql, Trust trust);
  /// Runs one of our own statements; the first column of its first row, if any, as an integer.
  std::optional<std::int64_t> run_trusted(std::string_view sql);

 private:
  friend class OpenCursor;

  void open(const std::string& name, const char* vfs, const std::string& what);
  void require_usable() const;
  /// Throws SqlError.
  std::size_t find_savepoint(std::string_view name) const;
  void run_on_savepoint(const char* verb, std::size_t level);
  /// Compiles the first statement; gives null and an empty rest if the text holds none.
  std::unique_ptr<Statement> compile_first(std::string_view sql, Trust trust, bool keep,
                                           std::string_view& rest);
  void run_to_end(Statement& statement);
  void announce_write();
  bool step_once(Statement& statement);
  /// Undoes it if a reserved name has come up. Such statements give no rows.
  bool run_alter(Statement& statement);
  [[noreturn]] void fail(int code);
  int execute(const char* sql);
  /// Runs a statement that every write needs, and keeps it compiled: to look it up by its text
  /// would take longer than to run it. Gives SQLite's code.
  int run_kept(sqlite3_stmt*& statement, const char* sql);
  void watch();
  static int on_progress(void* self);

  sqlite3* handle_ = nullptr;
  /// What it is open on; null if in memory.
  ObjectFile* file_ = nullptr;
  std::vector<std::shared_ptr<const SqlFunction>> functions_;
  Guard guard_;
  StatementCache app_cache_;
  StatementCache trusted_cache_;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  std::function<void()> on_write_;
  bool (*go_on_)() = nullptr;
  std::optional<Error> critical_error_;
  OpenCursor* cursors_ = nullptr;

  bool in_transaction_ = false;
  bool write_announced_ = false;
  bool silent_ = false;
  bool unconfirmed_ = false;
  bool confirmed_ = false;
  /// Their names, outermost first; empty for those without.
  std::vector<std::string> savepoints_;
  std::uint64_t rollback_count_ = 0;
  /// It has no commit yet.
  bool new_ = false;
  // What it looked like when its transaction began; the schema's version only if it is new.
  std::int64_t changes_at_begin_ = 0;
  std::int64_t schema_at_begin_ = 0;
};

/// A nested transaction: undone unless `release` was called.
class Savepoint {
 public:
  explicit Savepoint(Database& database) : database_(database) { database_.open_savepoint(); }
  ~Savepoint() {
    if (open_) database_.rollback_savepoint();
  }
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void release() {
    database_.release_savepoint();
    open_ = false;
  }

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace stead
