#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/guard.h"

struct sqlite3_stmt;

namespace stead {

/// A compiled statement. Owner: the cache, or, if it is not `cached`, whoever uses it.
struct Statement {
  Statement(sqlite3_stmt* compiled, std::string_view text, Trust by);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  sqlite3_stmt* handle;
  std::string sql;
  Trust trust;
  bool read_only;
  /// ALTER: the schema must be looked at after it ran.
  bool alters = false;
  bool cached = false;
  bool busy = false;
  /// Borrowed text or blobs are bound, and must not be looked at once the caller is gone.
  bool bound = false;
  /// Those of the columns, once asked for, and how often SQLite had compiled it anew by then.
  std::shared_ptr<const std::vector<std::string>> names{};
  int names_as_of = 0;
  int parameters;
  int columns;
  Statement* newer = nullptr;
  Statement* older = nullptr;
};

/// Compiled statements by their text; those used longest ago go first when the texts exceed the
/// limit. A busy statement is never dropped.
///
/// Thread: the connection's. Lifetime: `clear` before the connection is closed.
class StatementCache {
 public:
  explicit StatementCache(std::size_t text_bytes_max) : text_bytes_max_(text_bytes_max) {}

  /// The statement of this text, now the most recently used; null if there is none.
  Statement* find(std::string_view sql);
  /// Requires that there is none of this text. Gives it back if the text alone is over the limit.
  std::unique_ptr<Statement> insert(std::unique_ptr<Statement> statement);
  /// Requires that none is busy.
  void clear();

  std::size_t size() const { return by_text_.size(); }
  std::size_t text_bytes() const { return text_bytes_; }

 private:
  void link(Statement& statement);
  void unlink(Statement& statement);

  const std::size_t text_bytes_max_;
  std::size_t text_bytes_ = 0;
  /// Keys are the statements' own texts.
  std::unordered_map<std::string_view, std::unique_ptr<Statement>> by_text_;
  Statement* newest_ = nullptr;
  Statement* oldest_ = nullptr;
};

}  // namespace stead
