#include "storage/statement_cache.h"

#include <sqlite3.h>

#include <utility>

#include "base/check.h"

namespace stead {

Statement::Statement(sqlite3_stmt* compiled, std::string_view text, Trust by)
    : handle(compiled),
      sql(text),
      trust(by),
      read_only(sqlite3_stmt_readonly(compiled) != 0),
      parameters(sqlite3_bind_parameter_count(compiled)),
      columns(sqlite3_column_count(compiled)) {}

Statement::~Statement() { sqlite3_finalize(handle); }

Statement* StatementCache::find(std::string_view sql) {
  if (newest_ && newest_->sql == sql) return newest_;
  const auto found = by_text_.find(sql);
  if (found == by_text_.end()) return nullptr;
  auto& statement = *found->second;
  unlink(statement);
  link(statement);
  return &statement;
}

std::unique_ptr<Statement> StatementCache::insert(std::unique_ptr<Statement> statement) {
  const auto bytes = statement->sql.size();
  if (bytes > text_bytes_max_) return statement;
  for (auto* next = oldest_; next && text_bytes_ + bytes > text_bytes_max_;) {
    auto* candidate = std::exchange(next, next->newer);
    if (candidate->busy) continue;
    unlink(*candidate);
    text_bytes_ -= candidate->sql.size();
    by_text_.erase(candidate->sql);
  }
  statement->cached = true;
  text_bytes_ += bytes;
  link(*statement);
  const std::string_view key = statement->sql;
  by_text_.emplace(key, std::move(statement));
  return nullptr;
}

void StatementCache::clear() {
  for (const auto& [text, statement] : by_text_) CHECK(!statement->busy);
  by_text_.clear();
  newest_ = oldest_ = nullptr;
  text_bytes_ = 0;
}

void StatementCache::link(Statement& statement) {
  statement.older = newest_;
  statement.newer = nullptr;
  (newest_ ? newest_->newer : oldest_) = &statement;
  newest_ = &statement;
}

void StatementCache::unlink(Statement& statement) {
  (statement.newer ? statement.newer->older : newest_) = statement.older;
  (statement.older ? statement.older->newer : oldest_) = statement.newer;
}

}  // namespace stead
