#include "storage/database.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.h"
#include "storage/object_file.h"
#include "storage/object_vfs.h"
#include "storage/open_cursor.h"
#include "storage/sqlite_error.h"
#include "storage/sqlite_runtime.h"
#include "storage/statement_run.h"

namespace stead {

namespace {

constexpr std::size_t app_cache_bytes = 1 << 20;
/// Instructions of SQLite's machine: about a millisecond.
constexpr int watch_interval = 50'000;

constexpr const char* reserved_names_count =
    "SELECT count(*) FROM sqlite_schema WHERE (lower(substr(name, 1, 7)) = '_stead_' OR "
    "lower(substr(name, 1, 4)) = '_cf_') AND name NOT IN ('_stead_meta', '_stead_kv')";

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         sqlite3_strnicmp(a.data(), b.data(), static_cast<int>(a.size())) == 0;
}

bool same_function(const SqlFunction& a, const SqlFunction& b) {
  return a.arity == b.arity && same_name(a.name, b.name);
}

/// What is left after blanks, comments and empty statements.
std::string_view skip_blank(std::string_view sql) {
  for (;;) {
    const auto start = sql.find_first_not_of(" \t\r\n\f;");
    if (start == sql.npos) return {};
    sql.remove_prefix(start);
    std::size_t end;
    if (sql.starts_with("--")) {
      end = sql.find('\n');
    } else if (sql.starts_with("/*")) {
      end = sql.find("*/", 2);
      if (end != sql.npos) end += 2;
    } else {
      return sql;
    }
    if (end == sql.npos) return {};
    sql.remove_prefix(end);
  }
}

/// What `PRAGMA schema_version` gives, which takes longer.
std::int64_t schema_version_of(ObjectFile& file) {
  constexpr std::uint64_t place = 40;
  std::array<std::uint8_t, 4> bytes{};
  CHECK(file.read(place, bytes) == bytes.size());
  std::int64_t version = 0;
  for (const auto byte : bytes) version = version << 8 | byte;
  return version;
}

}  // namespace

Database::Database(SqlLimits limits)
    : guard_(limits, functions_), app_cache_(app_cache_bytes), trusted_cache_(app_cache_bytes) {
  sqlite_runtime_setup();
}

Database::~Database() { close(); }

void Database::open(const std::string& name, const char* vfs, const std::string& what) {
  CHECK(!handle_);
  const int code =
      sqlite3_open_v2(name.c_str(), &handle_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs);
  if (code != SQLITE_OK) {
    const auto text = sqlite_error_text(handle_, code);
    sqlite3_close(std::exchange(handle_, nullptr));
    throw StorageError("cannot open " + what + ": " + text);
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  guard_.attach(handle_);
  if (go_on_) watch();
  for (const auto& function : functions_) CHECK(add_to_sqlite(handle_, *function) == SQLITE_OK);
  ++rollback_count_;
}

void Database::open(ObjectFile& file) {
  const auto& path = file.config().path;
  new_ = file.unborn();
  if (new_) schema_at_begin_ = schema_version_of(file);
  open(object_vfs::database_name(file), object_vfs::name, path);
  file_ = &file;
  // Exclusive, so that a transaction neither looks whether the file has changed nor says that it
  // did.
  const int code = execute("PRAGMA locking_mode=EXCLUSIVE");
  if (code == SQLITE_OK) return;
  const auto text = sqlite_error_text(handle_, code);
  close();
  throw StorageError("cannot open " + path + ": " + text);
}

void Database::open_memory() {
  new_ = false;
  open(":memory:", nullptr, "a database in memory");
}

void Database::open_image(std::span<const std::uint8_t> image) {
  open_memory();
  const auto size = static_cast<sqlite3_int64>(image.size());
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(image.size() + 1));
  if (!copy) throw StorageError("no memory to open a copy of a database");
  std::copy(image.begin(), image.end(), copy);
  // Whatever the file says: a database in memory has no write-ahead log.
  if (image.size() > 19) copy[18] = copy[19] = 1;
  // sqlite3_deserialize attaches it, which the guard refuses to apps.
  const Guard::Scope scope(guard_, Trust::trusted);
  const int code =
      sqlite3_deserialize(handle_, "main", copy, size, size,
                          SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
  if (code != SQLITE_OK) fail(code);
}

void Database::close() {
  if (!handle_) return;
  close_cursors("the database was closed");
  rollback();
  app_cache_.clear();
  trusted_cache_.clear();
  sqlite3_finalize(std::exchange(begin_, nullptr));
  sqlite3_finalize(std::exchange(commit_, nullptr));
  CHECK(sqlite3_close(std::exchange(handle_, nullptr)) == SQLITE_OK);
  file_ = nullptr;
  ++rollback_count_;
}

void Database::require_usable() const {
  if (critical_error_) critical_error_->raise();
  if (!handle_)
    throw StorageError("the storage of this object is closed: it can no longer be used");
}

void Database::set_critical_error(Error error) {
  if (!critical_error_) critical_error_ = std::move(error.set_object_reset(true));
}

int Database::execute(const char* sql) {
  Guard::Scope scope(guard_, Trust::trusted);
  return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
}

int Database::run_kept(sqlite3_stmt*& statement, const char* sql) {
  Guard::Scope scope(guard_, Trust::trusted);
  if (!statement) {
    const int code =
        sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return code;
  }
  const int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code;
}

void Database::set_watch(bool (*go_on)()) {
  go_on_ = go_on;
  if (handle_) watch();
}

void Database::watch() {
  sqlite3_progress_handler(handle_, go_on_ ? watch_interval : 0,
                           go_on_ ? &Database::on_progress : nullptr, this);
}

int Database::on_progress(void* self) {
  const auto& database = *static_cast<Database*>(self);
  return database.go_on_() ? 0 : 1;
}

void Database::begin() {
  require_usable();
  if (in_transaction_) return;
  if (const int code = run_kept(begin_, "BEGIN"); code != SQLITE_DONE) fail(code);
  in_transaction_ = true;
  write_announced_ = false;
  confirmed_ = false;
  changes_at_begin_ = total_changes();
}

bool Database::changed() {
  CHECK(new_);
  if (!in_transaction_) return false;
  // Changes of the schema do not count as changes of rows.
  return total_changes() != changes_at_begin_ ||
         run_trusted("PRAGMA schema_version").value_or(0) != schema_at_begin_;
}

bool Database::commit() {
  require_usable();
  if (!in_transaction_) return false;
  CHECK(savepoints_.empty());
  if (const int code = run_kept(commit_, "COMMIT"); code != SQLITE_DONE) {
    const auto text = sqlite_error_text(handle_, code);
    rollback();
    const bool constraint = (code & 0xff) == SQLITE_CONSTRAINT;
    const Error error(constraint ? ErrorCode::sql : ErrorCode::storage,
                      constraint ? "the object was reset to its last good state because the "
                                   "transaction violated constraints when it was committed: " +
                                       text
                                 : "the transaction could not be committed, so the object was "
                                   "reset to its last good state: " +
                                       text);
    set_critical_error(error);
    critical_error_->raise();
  }
  in_transaction_ = false;
  if (!file_ || !file_->commit()) return false;
  new_ = false;
  return true;
}

void Database::rollback() noexcept {
  if (!in_transaction_) return;
  in_transaction_ = false;
  savepoints_.clear();
  ++rollback_count_;
  if (!sqlite3_get_autocommit(handle_)) {
    const int code = execute("ROLLBACK");
    if (code != SQLITE_OK && !sqlite3_get_autocommit(handle_)) {
      set_critical_error(StorageError("cannot roll back: " + sqlite_error_text(handle_, code)));
    }
  }
  if (file_) file_->rollback();
}

void Database::run_on_savepoint(const char* verb, std::size_t level) {
  // By their level, so that a few texts serve all names.
  run_trusted(std::string(verb) + " _stead_savepoint_" + std::to_string(level));
}

std::size_t Database::find_savepoint(std::string_view name) const {
  for (auto level = savepoints_.size(); level > 0; --level) {
    const auto& candidate = savepoints_[level - 1];
    if (!name.empty() && same_name(candidate, name)) return level - 1;
  }
  sqlite_error(SQLITE_ERROR, "no such savepoint: " + std::string(name)).raise();
}

void Database::open_savepoint() { open_savepoint({}); }

void Database::open_savepoint(std::string_view name) {
  begin();
  run_on_savepoint("SAVEPOINT", savepoints_.size());
  savepoints_.emplace_back(name);
}

void Database::release_savepoint() {
  require_usable();
  CHECK(!savepoints_.empty());
  run_on_savepoint("RELEASE", savepoints_.size() - 1);
  savepoints_.pop_back();
}

void Database::release_savepoint(std::string_view name) {
  require_usable();
  const auto level = find_savepoint(name);
  run_on_savepoint("RELEASE", level);
  savepoints_.resize(level);
}

void Database::rollback_to_savepoint(std::string_view name) {
  require_usable();
  const auto level = find_savepoint(name);
  ++rollback_count_;
  run_on_savepoint("ROLLBACK TO", level);
  savepoints_.resize(level + 1);
}

void Database::rollback_savepoint() noexcept {
  ++rollback_count_;
  // If SQLite has undone everything, there is no savepoint left.
  if (!in_transaction_ || critical_error_ || sqlite3_get_autocommit(handle_)) return;
  savepoints_.pop_back();
  const auto name = " _stead_savepoint_" + std::to_string(savepoints_.size());
  const int code = execute(("ROLLBACK TO" + name + ";RELEASE" + name).c_str());
  if (code != SQLITE_OK) {
    set_critical_error(StorageError("cannot roll back: " + sqlite_error_text(handle_, code)));
  }
}

std::size_t Database::open_cursors() const {
  std::size_t count = 0;
  for (const auto* cursor = cursors_; cursor; cursor = cursor->next_) ++count;
  return count;
}

void Database::keep_cursor_rows() {
  for (auto* next = cursors_; next;) {
    auto* cursor = std::exchange(next, next->next_);
    cursor->keep_rows();
  }
}

void Database::close_cursors(const std::string& reason) {
  while (cursors_) cursors_->invalidate(reason);
}

std::int64_t Database::size() {
  const auto pages = run_trusted("PRAGMA page_count").value_or(0);
  const auto unused = run_trusted("PRAGMA freelist_count").value_or(0);
  return (pages - unused) * run_trusted("PRAGMA page_size").value_or(0);
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

std::int64_t Database::last_insert_rowid() const { return sqlite3_last_insert_rowid(handle_); }

bool Database::violates_foreign_keys() const {
  int violated = 0;
  int unused = 0;
  sqlite3_db_status(handle_, SQLITE_DBSTATUS_DEFERRED_FKS, &violated, &unused, 0);
  return violated != 0;
}

void Database::add_function(std::shared_ptr<const SqlFunction> function) {
  require_usable();
  const int code = add_to_sqlite(handle_, *function);
  if (code != SQLITE_OK) fail(code);
  std::erase_if(functions_, [&](const auto& known) { return same_function(*known, *function); });
  functions_.push_back(std::move(function));
}

void Database::remove_function(const std::string& name, int arity) {
  require_usable();
  const SqlFunction wanted{.name = name, .arity = arity};
  const auto known = std::find_if(functions_.begin(), functions_.end(), [&](const auto& function) {
    return same_function(*function, wanted);
  });
  if (known == functions_.end()) return;
  const int code = remove_from_sqlite(handle_, name, arity);
  if (code != SQLITE_OK) fail(code);
  functions_.erase(known);
}

std::int64_t Database::total_changes() const { return sqlite3_total_changes64(handle_); }

Bytes Database::serialize() {
  require_usable();
  // sqlite3_serialize asks for PRAGMA page_count, which the guard refuses to apps.
  const Guard::Scope scope(guard_, Trust::trusted);
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
      sqlite3_serialize(handle_, "main", &size, 0), &sqlite3_free);
  if (!bytes) throw StorageError("no memory to write the object's first file");
  return Bytes(bytes.get(), bytes.get() + size);
}

void Database::fail(int code) {
  auto text = sqlite_error_text(handle_, code);
  if ((code & 0xff) == SQLITE_AUTH && !guard_.refusal().empty()) {
    text = "not authorized: " + guard_.refusal() + ": " + sqlite_code_name(code);
  }
  if (in_transaction_ && sqlite3_get_autocommit(handle_)) {
    in_transaction_ = false;
    savepoints_.clear();
    ++rollback_count_;
    set_critical_error(
        StorageError("the whole transaction was rolled back, so the object is reset: " + text));
    critical_error_->raise();
  }
  sqlite_error(code, text).raise();
}

std::unique_ptr<Statement> Database::compile_first(std::string_view sql, Trust trust, bool keep,
                                                   std::string_view& rest) {
  if (sql.find('\0') != sql.npos) throw SqlError("the SQL contains a NUL character: remove it");
  sql = skip_blank(sql);
  rest = {};
  if (sql.empty()) return nullptr;
  Guard::Scope scope(guard_, trust);
  for (bool again = false;; again = true) {
    guard_.start_statement();
    sqlite3_stmt* handle = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        keep ? SQLITE_PREPARE_PERSISTENT : 0, &handle, &tail);
    // While it has not read the schema, SQLite takes an unknown name for a change of it.
    if (code != SQLITE_OK) fail(code == SQLITE_SCHEMA ? SQLITE_ERROR : code);
    if (!handle) return nullptr;
    rest = skip_blank(sql.substr(static_cast<std::size_t>(tail - sql.data())));
    auto statement = std::make_unique<Statement>(handle, std::string_view(), trust);
    statement->alters = guard_.seen().alters;
    if (!guard_.seen().defers_foreign_keys || in_transaction_ || again) return statement;
    // The pragma lasts until the end of a transaction, so one must be open when it is compiled.
    begin();
  }
}

Statement& Database::acquire(std::string_view sql, Trust trust,
                             std::optional<std::size_t> bindings) {
  require_usable();
  auto& cache = trust == Trust::trusted ? trusted_cache_ : app_cache_;
  auto* found = cache.find(sql);
  std::unique_ptr<Statement> own;
  if (!found || found->busy) {
    std::string_view rest = sql;
    const bool duplicate = found != nullptr;
    bool only = true;
    for (;;) {
      own = compile_first(rest, trust, true, rest);
      if (!own) throw SqlError("the SQL did not contain a statement: nothing was run");
      if (rest.empty()) break;
      only = false;
      if (own->parameters > 0) {
        throw SqlError("only the last statement may have parameters: run the others by themselves");
      }
      run_to_end(*own);
    }
    found = own.get();
    if (only && !duplicate && !guard_.seen().pragma) {
      own->sql = sql;
      own = cache.insert(std::move(own));
    }
  }
  if (bindings) require_parameters(*found, *bindings);
  static_cast<void>(own.release());
  found->busy = true;
  return *found;
}

void Database::require_parameters(const Statement& statement, std::size_t bindings) {
  if (static_cast<std::size_t>(statement.parameters) == bindings) return;
  throw SqlError("the statement has " + std::to_string(statement.parameters) + " parameters, but " +
                 std::to_string(bindings) + " values were given");
}

void Database::bind(Statement& statement, std::span<const SqlView> bindings, bool copy) {
  const auto keep = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
  int index = 0;
  for (const auto& value : bindings) {
    ++index;
    int code = SQLITE_OK;
    switch (value.type) {
      case SqlView::Type::null:
        code = sqlite3_bind_null(statement.handle, index);
        break;
      case SqlView::Type::integer:
        code = sqlite3_bind_int64(statement.handle, index, value.integer);
        break;
      case SqlView::Type::real:
        code = sqlite3_bind_double(statement.handle, index, value.real);
        break;
      case SqlView::Type::text:
        statement.bound = true;
        code = sqlite3_bind_text64(statement.handle, index,
                                   value.data ? static_cast<const char*>(value.data) : "",
                                   value.size, keep, SQLITE_UTF8);
        break;
      case SqlView::Type::blob:
        statement.bound = true;
        code = sqlite3_bind_blob64(statement.handle, index, value.data ? value.data : "",
                                   value.size, keep);
        break;
    }
    if (code != SQLITE_OK) fail(code);
  }
}

void Database::announce_write() {
  begin();
  if (write_announced_) return;
  // Set first: the hook must not be called again from within.
  write_announced_ = true;
  if (!on_write_ || silent_) return;
  try {
    on_write_();
  } catch (...) {
    // Refused: the next write asks again.
    write_announced_ = false;
    throw;
  }
}

bool Database::step(Statement& statement) {
  require_usable();
  if (!statement.read_only) {
    if (!(in_transaction_ && write_announced_)) announce_write();
    if (!unconfirmed_) confirmed_ = true;
  }
  return statement.alters ? run_alter(statement) : step_once(statement);
}

bool Database::step_once(Statement& statement) {
  Guard::Scope scope(guard_, statement.trust);
  const int code = sqlite3_step(statement.handle);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(code);
}

bool Database::run_alter(Statement& statement) {
  const auto before = run_trusted(reserved_names_count);
  Savepoint savepoint(*this);
  step_once(statement);
  sqlite3_reset(statement.handle);
  if (run_trusted(reserved_names_count) != before) {
    throw SqlError(
        "not authorized: names that begin with _stead_ or _cf_ are reserved: SQLITE_AUTH");
  }
  savepoint.release();
  return false;
}

void Database::run_to_end(Statement& statement) {
  while (step(statement)) {
  }
}

void Database::release(Statement& statement) noexcept {
  sqlite3_reset(statement.handle);
  if (!statement.cached) {
    delete &statement;
    return;
  }
  if (std::exchange(statement.bound, false)) sqlite3_clear_bindings(statement.handle);
  statement.busy = false;
}

void Database::run_script(std::string_view sql, Trust trust) {
  require_usable();
  for (std::string_view rest = sql; !rest.empty();) {
    const auto statement = compile_first(rest, trust, false, rest);
    if (statement) run_to_end(*statement);
  }
}

std::optional<std::int64_t> Database::run_trusted(std::string_view sql) {
  StatementRun run(*this, sql, {}, Trust::trusted);
  if (!run.step()) return std::nullopt;
  if (run.columns() == 0) return std::nullopt;
  return run.column(0).integer;
}

}  // namespace stead
