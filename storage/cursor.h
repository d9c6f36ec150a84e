#pragma once

#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/open_cursor.h"
#include "storage/row.h"
#include "storage/statement_run.h"

namespace stead {

class Database;
class Cursor;

/// Iterates over what is left of a cursor, using it up. `Source` has `next()`.
template <class Source, class Value>
class RowIterator {
 public:
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::input_iterator_tag;
  using reference = const Value&;
  using pointer = const Value*;

  explicit RowIterator(Source& source) : source_(&source), present_(source.next()) {}
  const Value& operator*() const { return *present_; }
  const Value* operator->() const { return &*present_; }
  RowIterator& operator++() { return present_ = source_->next(), *this; }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t) const { return !present_; }

 private:
  Source* source_;
  std::optional<Value> present_;
};

/// The rows of a cursor as plain lists of values. Lifetime: within the cursor's.
class RawRows {
 public:
  explicit RawRows(Cursor& cursor) : cursor_(cursor) {}
  std::optional<std::vector<SqlValue>> next();
  std::vector<std::vector<SqlValue>> to_array();
  auto begin() { return RowIterator<RawRows, std::vector<SqlValue>>(*this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  Cursor& cursor_;
};

/// The result of a statement. What it writes is written before the cursor exists; a query reads on
/// as rows are taken, one row ahead, and shows changes made meanwhile or not.
///
/// Lifetime: a turn. A cursor held across an await is ended; read it into an array before.
/// Thread: the object's turn. Fails: SqlError.
class Cursor final : public OpenCursor {
 public:
  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;

  /// One per column, repetitions kept; known without any row.
  const std::vector<std::string>& column_names() const;
  /// The next row; nothing after the last.
  std::optional<Row> next();
  /// The rows that are left.
  std::vector<Row> to_array();
  /// The only row that is left. Throws SqlError if there is none, or more than one.
  Row one();
  /// The rows that are left, without names.
  RawRows raw() { return RawRows(*this); }
  auto begin() { return RowIterator<Cursor, Row>(*this); }
  std::default_sentinel_t end() const { return {}; }

  /// About how many rows were read so far: those passed by full scans of a table or index
  /// (`SQLITE_STMTSTATUS_FULLSCAN_STEP`), or those given if that is more. Rows found through an
  /// index and discarded are not seen.
  std::int64_t rows_read() const;
  /// Rows that the last statement inserted, updated and deleted, with those of its triggers and
  /// foreign key actions (`sqlite3_total_changes64`). Rows of indexes do not count.
  std::int64_t rows_written() const { return rows_written_; }

 private:
  friend class RawRows;
  friend class Sql;

  Cursor(Database& database, std::string_view sql, std::span<const SqlView> bindings);
  std::optional<std::vector<SqlValue>> next_values();
  std::vector<SqlValue> read_values() const;
  void advance();
  void read_names() const;
  void invalidate(const std::string& reason) override;

  Database& database_;
  StatementRun run_;
  mutable Row::Names names_;
  bool has_row_ = false;
  std::int64_t rows_written_ = 0;
  std::int64_t given_ = 0;
  std::int64_t scanned_ = 0;
  /// The rows of a statement that writes: it was run to its end.
  std::unique_ptr<std::deque<std::vector<SqlValue>>> written_rows_;
  std::unique_ptr<std::string> invalid_;
};

}  // namespace stead
