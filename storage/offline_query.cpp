#include "storage/offline_query.h"

#include <sqlite3.h>

#include <memory>

#include "base/bytes.h"

namespace stead {

namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

std::optional<std::string> text_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return std::nullopt;
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return "x'" + to_hex({bytes, size}) + "'";
    }
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
  }
}

int run(sqlite3_stmt* statement, QueryTable& table) {
  table.columns.clear();
  table.rows.clear();
  const int columns = sqlite3_column_count(statement);
  for (int i = 0; i < columns; ++i) table.columns.emplace_back(sqlite3_column_name(statement, i));
  for (;;) {
    const int code = sqlite3_step(statement);
    if (code != SQLITE_ROW) return code;
    auto& row = table.rows.emplace_back();
    for (int i = 0; i < columns; ++i) row.push_back(text_of(statement, i));
  }
}

}  // namespace

Result<QueryTable> run_offline_query(const std::string& path, const std::string& sql,
                                     OfflineFile::Access access) {
  auto file = OfflineFile::open(path, access);
  if (!file.ok()) return file.error();
  auto* handle = file.value().handle();
  const bool writes = access == OfflineFile::Access::write;
  QueryTable table;
  int code = SQLITE_OK;
  if (writes) code = sqlite3_exec(handle, "BEGIN", nullptr, nullptr, nullptr);
  bool any = false;
  for (const char* rest = sql.c_str(); code == SQLITE_OK && *rest != '\0';) {
    sqlite3_stmt* prepared = nullptr;
    code = sqlite3_prepare_v2(handle, rest, -1, &prepared, &rest);
    const std::unique_ptr<sqlite3_stmt, Finalize> statement(prepared);
    if (code != SQLITE_OK || !prepared) continue;
    any = true;
    code = run(prepared, table);
    if (code == SQLITE_DONE) code = SQLITE_OK;
  }
  if (code == SQLITE_OK && writes) code = sqlite3_exec(handle, "COMMIT", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return file.value().failure(code);
  if (!any) return Error(ErrorCode::sql, "the SQL did not contain a statement: nothing was run");
  table.changes = sqlite3_total_changes64(handle);
  return table;
}

}  // namespace stead
