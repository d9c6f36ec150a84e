#include "tests/sim/oracle.h"

#include <sqlite3.h>

#include <cstring>

#include "base/check.h"
#include "storage/sqlite_runtime.h"
#include "tests/sim/allocation_faults.h"
#include "tests/sim/row_text.h"

namespace stead::test {

const char* const schema_query =
    "SELECT type, name, sql FROM sqlite_schema "
    "WHERE substr(tbl_name, 1, 7) <> '_stead_' ORDER BY name";
const char* const tables_query =
    "SELECT name FROM sqlite_schema "
    "WHERE type = 'table' AND substr(tbl_name, 1, 7) <> '_stead_' ORDER BY name";

namespace {

using allocation_faults::Pause;

constexpr const char* create_kv =
    "CREATE TABLE _stead_kv(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID";

/// One prepared statement.
class Statement {
 public:
  Statement(sqlite3* handle, const std::string& sql) {
    code_ =
        sqlite3_prepare_v2(handle, sql.c_str(), static_cast<int>(sql.size()), &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int position, std::string_view text) {
    sqlite3_bind_text(statement_, position, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
  }
  bool step() {
    return code_ == SQLITE_OK && (code_ = sqlite3_step(statement_)) == SQLITE_ROW
               ? (code_ = SQLITE_OK, true)
               : false;
  }
  /// Of the last step: nothing is left, and nothing went wrong.
  bool done() const { return code_ == SQLITE_DONE; }
  std::string_view text(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  void write_row(RowText& out) const {
    for (int column = 0; column < sqlite3_column_count(statement_); ++column) {
      switch (sqlite3_column_type(statement_, column)) {
        case SQLITE_INTEGER:
          out.integer(sqlite3_column_int64(statement_, column));
          break;
        case SQLITE_FLOAT:
          out.real(sqlite3_column_double(statement_, column));
          break;
        case SQLITE_TEXT:
          out.text(text(column));
          break;
        case SQLITE_BLOB:
          out.blob(text(column));
          break;
        default:
          out.null();
      }
    }
    out.end_row();
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_;
};

/// Whether all went well.
bool write_rows(sqlite3* handle, const std::string& sql, RowText& out) {
  Statement statement(handle, sql);
  while (statement.step()) statement.write_row(out);
  return statement.done();
}

std::vector<std::string> names(sqlite3* handle, const std::string& sql) {
  std::vector<std::string> result;
  Statement statement(handle, sql);
  while (statement.step()) result.emplace_back(statement.text(0));
  return result;
}

bool write_dump(sqlite3* handle, const char* kv_query, RowText& out) {
  bool well = write_rows(handle, schema_query, out);
  for (const auto& table : names(handle, tables_query)) {
    out.title(table);
    well = write_rows(handle, "SELECT * FROM \"" + table + '"', out) && well;
  }
  out.title("kv");
  return (!kv_query || write_rows(handle, kv_query, out)) && well;
}

std::string step_back_name(std::size_t number) { return "s" + std::to_string(number); }

std::size_t page_size(const Bytes& file) {
  const auto size = std::size_t{file[16]} << 8 | file[17];
  return size == 1 ? 65'536 : size;
}

std::size_t pages_in_header(const Bytes& file) {
  std::size_t pages = 0;
  for (std::size_t at = 28; at < 32; ++at) pages = pages << 8 | file[at];
  return pages;
}

}  // namespace

Oracle::Oracle(std::span<const std::string> migrations) : migrations_(migrations) {
  const Pause pause;
  sqlite_runtime_setup();
  CHECK(sqlite3_open(":memory:", &handle_) == SQLITE_OK);
  must("PRAGMA foreign_keys=ON");
  must("BEGIN");
  must(create_kv);
}

Oracle::~Oracle() {
  const Pause pause;
  sqlite3_close(handle_);
}

void Oracle::must(const std::string& sql) {
  const Pause pause;

  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  CHECK(code == SQLITE_OK);
}

void Oracle::begin() {
  if (in_turn_) return;
  in_turn_ = true;
  before_turn_ = now_;
  must("SAVEPOINT " + step_back_name(history_.size()));
}

void Oracle::migrate(std::size_t version) {
  begin();
  for (; now_.version < version; ++now_.version) must(migrations_[now_.version]);
}

bool Oracle::run(const std::string& sql) {
  const Pause pause;

  begin();
  return sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

void Oracle::put(std::string_view key, std::string_view value) {
  const Pause pause;

  begin();
  Statement statement(handle_, "REPLACE INTO _stead_kv VALUES(?1, ?2)");
  statement.bind(1, key);
  statement.bind(2, value);
  statement.step();
  CHECK(statement.done());
}

void Oracle::remove(std::string_view key) {
  const Pause pause;

  begin();
  Statement statement(handle_, "DELETE FROM _stead_kv WHERE key = ?1");
  statement.bind(1, key);
  statement.step();
  CHECK(statement.done());
}

void Oracle::begin_undone() {
  begin();
  must("SAVEPOINT undone");
}

void Oracle::undo() { must("ROLLBACK TO undone;RELEASE undone"); }

void Oracle::clear() {
  const Pause pause;

  begin();
  for (const auto& name : names(handle_, tables_query)) {
    if (!name.starts_with("sqlite_")) must("DROP TABLE \"" + name + '"');
  }
  must("DELETE FROM _stead_kv");
  now_ = {};
}

void Oracle::drop_turn() {
  if (!in_turn_) return;
  in_turn_ = false;
  const auto name = step_back_name(history_.size());
  must("ROLLBACK TO " + name + ";RELEASE " + name);
  now_ = before_turn_;
}

void Oracle::commit_turn(bool stored) {
  begin();
  in_turn_ = false;
  now_.stored = stored;
  history_.push_back(before_turn_);
}

void Oracle::go_back(std::uint64_t commits) {
  CHECK(!in_turn_ && commits >= settled_);
  while (this->commits() > commits) {
    now_ = history_.back();
    history_.pop_back();
    const auto name = step_back_name(history_.size());
    must("ROLLBACK TO " + name + ";RELEASE " + name);
  }
}

void Oracle::settle() {
  if (history_.empty() || in_turn_) return;
  settled_ += history_.size();
  history_.clear();
  must("RELEASE " + step_back_name(0));
}

std::string Oracle::query(const std::string& sql) {
  const Pause pause;

  RowText out;
  CHECK(write_rows(handle_, sql, out));
  return out.take();
}

std::string Oracle::dump() {
  const Pause pause;

  RowText out;
  CHECK(write_dump(handle_, "SELECT key, value FROM _stead_kv ORDER BY key", out));
  return out.take();
}

std::string dump_file(Bytes contents) {
  const Pause pause;

  if (contents.size() < 100) return "damaged: shorter than a header";
  // A database in memory cannot be in WAL mode.
  contents[18] = contents[19] = 1;
  sqlite3* handle = nullptr;
  CHECK(sqlite3_open(":memory:", &handle) == SQLITE_OK);
  const auto size = static_cast<sqlite3_int64>(contents.size());
  RowText out;
  bool well = sqlite3_deserialize(handle, "main", contents.data(), size, size,
                                  SQLITE_DESERIALIZE_READONLY) == SQLITE_OK;
  RowText check;
  well = well && write_rows(handle, "PRAGMA integrity_check", check);
  const auto checked = check.take();
  const bool has_kv =
      well && !names(handle, "SELECT name FROM sqlite_schema WHERE name = '_stead_kv'").empty();
  well =
      well &&
      write_dump(handle, has_kv ? "SELECT key, value FROM _stead_kv ORDER BY key" : nullptr, out);
  sqlite3_close(handle);
  if (!well || checked != "'2:ok|\n") return "damaged: " + checked;
  if (pages_in_header(contents) * page_size(contents) != contents.size()) {
    return "damaged: its size is not what its header says";
  }
  return out.take();
}

}  // namespace stead::test
