#include "storage/object_index.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "storage/object_files.h"
#include "storage/sqlite_runtime.h"

namespace stead {

namespace {

constexpr const char* schema = R"(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS object(
    id BLOB PRIMARY KEY, class TEXT NOT NULL, name TEXT,
    created INTEGER NOT NULL, last_used INTEGER NOT NULL, size INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS object_by_class ON object(class, id);
  CREATE TABLE IF NOT EXISTS state(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
)";

constexpr const char* columns = "SELECT class, id, name, created, last_used, size FROM object ";

/// A prepared statement that binds and reads by position, left to right.
class Statement {
 public:
  Statement(sqlite3* db, const std::string& sql) : db_(db) {
    check(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement_, nullptr));
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::string_view text) {
    const char* data = text.data() ? text.data() : "";  // a null pointer would bind NULL
    check(sqlite3_bind_text(statement_, ++bound_, data, static_cast<int>(text.size()),
                            SQLITE_TRANSIENT));
    return *this;
  }
  Statement& bind(const std::optional<std::string>& text) {
    if (text) return bind(std::string_view(*text));
    check(sqlite3_bind_null(statement_, ++bound_));
    return *this;
  }
  Statement& bind(const ObjectId& id) {
    check(sqlite3_bind_blob(statement_, ++bound_, id.bytes.data(),
                            static_cast<int>(id.bytes.size()), SQLITE_TRANSIENT));
    return *this;
  }
  Statement& bind(std::int64_t number) {
    check(sqlite3_bind_int64(statement_, ++bound_, number));
    return *this;
  }
  Statement& bind(WallTime time) { return bind(std::int64_t{time.time_since_epoch().count()}); }

  /// Whether there is a row.
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) check(code);
    return code == SQLITE_ROW;
  }
  std::int64_t integer(int column) { return sqlite3_column_int64(statement_, column); }
  ObjectEntry entry();

 private:
  void check(int code) {
    if (code == SQLITE_OK) return;
    throw StorageError(std::string("the directory of objects failed: ") + sqlite3_errmsg(db_));
  }

  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

std::string text_of(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

ObjectEntry Statement::entry() {
  ObjectEntry entry;
  entry.class_name = text_of(statement_, 0);
  const auto* id = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, 1));
  CHECK(sqlite3_column_bytes(statement_, 1) == static_cast<int>(entry.id.bytes.size()));
  std::copy_n(id, entry.id.bytes.size(), entry.id.bytes.begin());
  if (sqlite3_column_type(statement_, 2) != SQLITE_NULL) entry.name = text_of(statement_, 2);
  entry.created = WallTime(std::chrono::milliseconds(integer(3)));
  entry.last_used = WallTime(std::chrono::milliseconds(integer(4)));
  entry.size = integer(5);
  return entry;
}

void execute(sqlite3* db, const char* sql) {
  char* message = nullptr;
  if (sqlite3_exec(db, sql, nullptr, nullptr, &message) == SQLITE_OK) return;
  const std::string text = message ? message : "no memory";
  sqlite3_free(message);
  throw StorageError("the directory of objects failed: " + text);
}

/// Undone unless committed.
class Transaction {
 public:
  explicit Transaction(sqlite3* db) : db_(db) { execute(db, "BEGIN IMMEDIATE"); }
  ~Transaction() {
    if (db_) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() { execute(std::exchange(db_, nullptr), "COMMIT"); }

 private:
  sqlite3* db_;
};

sqlite3* open_database(const std::string& path, int flags) {
  sqlite_runtime_setup();
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_busy_timeout(db, 5'000);
    return db;
  }
  const std::string reason = db ? sqlite3_errmsg(db) : "no memory";
  sqlite3_close(db);
  throw StorageError("cannot open the directory of objects " + path + ": " + reason);
}

std::string path_in(const std::string& data_directory) {
  return data_directory + "/directory.sqlite";
}

}  // namespace

std::unique_ptr<ObjectIndex> ObjectIndex::open(const std::string& data_directory) {
  std::unique_ptr<ObjectIndex> index(new ObjectIndex(
      open_database(path_in(data_directory), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)));
  index->prepare(data_directory);
  return index;
}

std::unique_ptr<ObjectIndex> ObjectIndex::open_to_read(const std::string& data_directory) {
  try {
    return std::unique_ptr<ObjectIndex>(
        new ObjectIndex(open_database(path_in(data_directory), SQLITE_OPEN_READWRITE)));
  } catch (const StorageError&) {
    return nullptr;
  }
}

ObjectIndex::~ObjectIndex() { sqlite3_close(db_); }

void ObjectIndex::prepare(const std::string& data_directory) {
  execute(db_, schema);
  const bool clean = Statement(db_, "SELECT 1 FROM state WHERE key = 'clean' AND value = 1").step();
  if (!clean) add_missing(data_directory);
  execute(db_, "INSERT OR REPLACE INTO state VALUES('clean', 0)");
}

void ObjectIndex::add_missing(const std::string& data_directory) {
  Transaction transaction(db_);
  const auto visited = for_each_object_file(
      data_directory, {},
      [&](const std::string& class_name, const ObjectId& id, const std::string& path) {
        if (find(id)) return;
        const auto summary = read_object_summary(path);
        if (!summary) return;
        apply_one(Created{{class_name, id, summary.value().name, summary.value().created,
                           summary.value().created, summary.value().size}});
      });
  visited.take_or_raise();
  transaction.commit();
}

void ObjectIndex::apply(const std::vector<Change>& changes) {
  Transaction transaction(db_);
  for (const auto& change : changes) apply_one(change);
  transaction.commit();
}

void ObjectIndex::apply_one(const Change& change) {
  if (const auto* created = std::get_if<Created>(&change)) {
    const auto& entry = created->entry;
    Statement(db_,
              "INSERT OR REPLACE INTO object(class, id, name, created, last_used, size) "
              "VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(std::string_view(entry.class_name))
        .bind(entry.id)
        .bind(entry.name)
        .bind(entry.created)
        .bind(entry.last_used)
        .bind(entry.size)
        .step();
  } else if (const auto* used = std::get_if<Used>(&change)) {
    Statement(db_, "UPDATE object SET last_used = ?1, size = ?2 WHERE id = ?3")
        .bind(used->when)
        .bind(used->size)
        .bind(used->id)
        .step();
  } else if (const auto* deleted = std::get_if<Deleted>(&change)) {
    Statement(db_, "DELETE FROM object WHERE id = ?1").bind(deleted->id).step();
  }
}

void ObjectIndex::rename_class(std::string_view from, std::string_view to) {
  Statement(db_, "UPDATE object SET class = ?1 WHERE class = ?2").bind(to).bind(from).step();
}

void ObjectIndex::remove_class(std::string_view class_name) {
  Statement(db_, "DELETE FROM object WHERE class = ?1").bind(class_name).step();
}

std::vector<ObjectEntry> ObjectIndex::list(const Query& query) {
  Statement statement(db_, std::string(columns) +
                               "WHERE (?1 = '' OR class = ?1) AND id > ?2 "
                               "AND substr(coalesce(name, ''), 1, length(?3)) = ?3 "
                               "ORDER BY id LIMIT ?4");
  statement.bind(std::string_view(query.class_name));
  if (query.after) {
    statement.bind(*query.after);
  } else {
    statement.bind(std::string_view());  // text sorts before every blob
  }
  statement.bind(std::string_view(query.name_prefix)).bind(static_cast<std::int64_t>(query.limit));
  std::vector<ObjectEntry> entries;
  while (statement.step()) entries.push_back(statement.entry());
  return entries;
}

std::int64_t ObjectIndex::count(std::string_view class_name) {
  Statement statement(db_, "SELECT count(*) FROM object WHERE ?1 = '' OR class = ?1");
  statement.bind(class_name).step();
  return statement.integer(0);
}

std::optional<ObjectEntry> ObjectIndex::find(const ObjectId& id) {
  Statement statement(db_, std::string(columns) + "WHERE id = ?1");
  if (!statement.bind(id).step()) return std::nullopt;
  return statement.entry();
}

void ObjectIndex::close() { execute(db_, "INSERT OR REPLACE INTO state VALUES('clean', 1)"); }

}  // namespace stead
