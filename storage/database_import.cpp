#include "storage/database_import.h"

#include <array>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/sqlite_error.h"
#include "storage/statement_run.h"

namespace stead {

namespace {

std::string quoted(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

std::vector<std::string> read_texts(Database& database, std::string_view sql,
                                    std::span<const SqlView> arguments = {}) {
  std::vector<std::string> texts;
  StatementRun run(database, sql, arguments, Trust::trusted);
  while (run.step()) texts.emplace_back(run.column(0).text());
  return texts;
}

/// Foreign keys wait until all rows are there.
class DeferredForeignKeys {
 public:
  explicit DeferredForeignKeys(Database& database) : database_(database) {
    database_.begin();
    // Pragmas take effect when they are compiled, so none may come out of the cache.
    StatementRun before(database_, "PRAGMA defer_foreign_keys", {}, Trust::app);
    if (before.step()) before_ = before.column(0).integer;
    database_.run_script("PRAGMA defer_foreign_keys=1", Trust::trusted);
  }
  ~DeferredForeignKeys() {
    if (before_ == 0 && database_.in_transaction() && !database_.critical_error()) {
      database_.run_script("PRAGMA defer_foreign_keys=0", Trust::trusted);
    }
  }
  DeferredForeignKeys(const DeferredForeignKeys&) = delete;
  DeferredForeignKeys& operator=(const DeferredForeignKeys&) = delete;

 private:
  Database& database_;
  std::int64_t before_ = 0;
};

void copy_rows(Database& from, Database& into, const std::string& table, Trust trust) {
  const std::array name{SqlView::of_text(table)};
  // Generated columns make themselves.
  const auto columns =
      read_texts(from, "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", name);
  std::string list;
  std::string marks;
  for (const auto& column : columns) {
    list += (list.empty() ? "" : ",") + quoted(column);
    marks += marks.empty() ? "?" : ",?";
  }
  StatementRun read(from, "SELECT " + list + " FROM " + quoted(table), {}, Trust::trusted);
  StatementRun write(into, "INSERT INTO " + quoted(table) + "(" + list + ") VALUES(" + marks + ")",
                     trust);
  std::vector<SqlView> values(columns.size());
  while (read.step()) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = read.column(static_cast<int>(i));
    write.restart();
    write.bind(values, false);
    write.step();
  }
}

void import(Database& from, Database& into) {
  constexpr const char* ours = "name NOT LIKE '\\_stead\\_%' ESCAPE '\\'";
  const auto condition =
      std::string(" AND ") + ours + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
  const auto virtual_tables = read_texts(
      from, "SELECT name FROM sqlite_schema WHERE type='table' AND sql LIKE 'CREATE VIRTUAL%'");
  if (!virtual_tables.empty()) {
    throw SqlError("the database cannot be copied: " + virtual_tables.front() +
                   " is a virtual table; create it after the copy");
  }
  const auto tables =
      "SELECT {} FROM sqlite_schema WHERE type='table'" + condition + " ORDER BY rowid";
  const auto select = [&](const std::string& column) {
    auto text = tables;
    return read_texts(from, text.replace(text.find("{}"), 2, column));
  };
  for (const auto& sql : select("sql")) into.run_script(sql, Trust::app);
  for (const auto& table : select("name")) copy_rows(from, into, table, Trust::app);
  // Numbers that AUTOINCREMENT has given, in a table that came into being with the first of those.
  if (from.run_trusted("SELECT 1 FROM sqlite_schema WHERE name='sqlite_sequence'")) {
    into.run_trusted("DELETE FROM sqlite_sequence");
    copy_rows(from, into, "sqlite_sequence", Trust::trusted);
  }
  for (const auto& sql : read_texts(from,
                                    "SELECT sql FROM sqlite_schema WHERE type<>'table' AND "
                                    "sql IS NOT NULL" +
                                        condition + " ORDER BY type='trigger', rowid")) {
    into.run_script(sql, Trust::app);
  }
}

}  // namespace

void import_database(Database& into, std::span<const std::uint8_t> image) {
  Database from(SqlLimits::native);
  from.open_image(image);
  Savepoint savepoint(into);
  {
    const DeferredForeignKeys deferred(into);
    import(from, into);
    if (into.violates_foreign_keys()) throw SqlError(sqlite_foreign_key_error());
  }
  savepoint.release();
}

}  // namespace stead
