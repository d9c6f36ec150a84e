#include "storage/object_meta.h"

#include <array>

#include "storage/database.h"
#include "storage/statement_run.h"

namespace stead::object_meta {

void create_table(Database& database) {
  database.run_trusted("CREATE TABLE _stead_meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID");
}

void put(Database& database, std::string_view key, const SqlView& value) {
  const std::array bindings{SqlView::of_text(key), value};
  StatementRun run(database, "REPLACE INTO _stead_meta(key, value) VALUES(?1, ?2)", bindings,
                   Trust::trusted);
  run.step();
}

std::optional<std::int64_t> get(Database& database, std::string_view key) {
  const std::array bindings{SqlView::of_text(key)};
  StatementRun run(database, "SELECT value FROM _stead_meta WHERE key = ?1", bindings,
                   Trust::trusted);
  if (!run.step()) return std::nullopt;
  return run.column(0).integer;
}

}  // namespace stead::object_meta
