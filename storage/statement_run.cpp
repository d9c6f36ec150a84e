#include "storage/statement_run.h"

#include <sqlite3.h>

#include "storage/database.h"

namespace stead {

StatementRun::StatementRun(Database& database, std::string_view sql,
                           std::span<const SqlView> bindings, Trust trust, bool copy)
    : database_(database), statement_(&database.acquire(sql, trust, bindings.size())) {
  try {
    // A statement without columns is over before its arguments are.
    if (!bindings.empty()) database_.bind(*statement_, bindings, copy && statement_->columns > 0);
  } catch (...) {
    end();
    throw;
  }
}

StatementRun::StatementRun(Database& database, std::string_view sql, Trust trust)
    : database_(database), statement_(&database.acquire(sql, trust, std::nullopt)) {}

void StatementRun::bind(std::span<const SqlView> bindings, bool copy) {
  Database::require_parameters(*statement_, bindings.size());
  if (!bindings.empty()) database_.bind(*statement_, bindings, copy && statement_->columns > 0);
}

void StatementRun::restart() noexcept { sqlite3_reset(statement_->handle); }

bool StatementRun::step() { return database_.step(*statement_); }

void StatementRun::end() noexcept {
  if (statement_) database_.release(*std::exchange(statement_, nullptr));
}

bool StatementRun::read_only() const { return statement_->read_only; }

int StatementRun::parameters() const { return statement_->parameters; }

std::string_view StatementRun::parameter_name(int parameter) const {
  const char* name = sqlite3_bind_parameter_name(statement_->handle, parameter);
  return name ? name : "";
}

std::shared_ptr<const std::vector<std::string>> StatementRun::column_names() const {
  const int compiled = sqlite3_stmt_status(statement_->handle, SQLITE_STMTSTATUS_REPREPARE, 0);
  if (!statement_->names || statement_->names_as_of != compiled) {
    auto names = std::make_shared<std::vector<std::string>>();
    for (int column = 0; column < columns(); ++column) names->push_back(column_name(column));
    statement_->names = std::move(names);
    statement_->names_as_of = compiled;
  }
  return statement_->names;
}

std::string_view StatementRun::declared_type(int column) const {
  const char* type = sqlite3_column_decltype(statement_->handle, column);
  return type ? type : "";
}

std::string_view StatementRun::column_text(int index) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_->handle, index));
  if (!text) return "";
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_->handle, index))};
}

int StatementRun::columns() const { return sqlite3_column_count(statement_->handle); }

std::string StatementRun::column_name(int column) const {
  const char* name = sqlite3_column_name(statement_->handle, column);
  return name ? name : "";
}

SqlView StatementRun::column(int index) const {
  auto* handle = statement_->handle;
  switch (sqlite3_column_type(handle, index)) {
    case SQLITE_INTEGER:
      return SqlView::of_integer(sqlite3_column_int64(handle, index));
    case SQLITE_FLOAT:
      return SqlView::of_real(sqlite3_column_double(handle, index));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle, index));
      return SqlView::of_text(
          {text, static_cast<std::size_t>(sqlite3_column_bytes(handle, index))});
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle, index));
      return SqlView::of_blob(
          {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle, index))});
    }
    default:
      return {};
  }
}

std::int64_t StatementRun::scanned() const {
  return sqlite3_stmt_status(statement_->handle, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
}

void StatementRun::forget_scanned() {
  sqlite3_stmt_status(statement_->handle, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
}

}  // namespace stead
