#include "storage/cursor.h"

#include <algorithm>

#include "storage/database.h"

namespace stead {

std::size_t Row::checked(std::size_t column) const {
  if (column < values_.size()) return column;
  throw RangeError("the row has no column " + std::to_string(column) + ": it has " +
                   std::to_string(values_.size()));
}

std::size_t Row::find(std::string_view column) const {
  for (auto index = names_->size(); index > 0; --index) {
    if ((*names_)[index - 1] == column) return index - 1;
  }
  std::string text = "the row has no column " + std::string(column) + ": it has";
  for (const auto& name : *names_) text += " " + name;
  throw RangeError(text);
}

std::optional<std::vector<SqlValue>> RawRows::next() { return cursor_.next_values(); }

std::vector<std::vector<SqlValue>> RawRows::to_array() {
  std::vector<std::vector<SqlValue>> rows;
  while (auto values = next()) rows.push_back(std::move(*values));
  return rows;
}

Cursor::Cursor(Database& database, std::string_view sql, std::span<const SqlView> bindings)
    : database_(database), run_(database, sql, bindings, Trust::app, true) {
  if (run_.read_only()) {
    run_.forget_scanned();
    has_row_ = run_.step();
  } else {
    const auto before = database_.total_changes();
    run_.forget_scanned();
    while (run_.step()) {
      if (!written_rows_) written_rows_ = std::make_unique<std::deque<std::vector<SqlValue>>>();
      written_rows_->push_back(read_values());
    }
    rows_written_ = database_.total_changes() - before;
  }
  if (has_row_) {
    link(database_);
  } else {
    scanned_ = run_.scanned();
    if (run_.columns() > 0) read_names();
    run_.end();
  }
}

Cursor::Cursor(Cursor&& other) noexcept
    : database_(other.database_),
      run_(std::move(other.run_)),
      names_(std::move(other.names_)),
      has_row_(std::exchange(other.has_row_, false)),
      rows_written_(other.rows_written_),
      given_(other.given_),
      scanned_(other.scanned_),
      written_rows_(std::move(other.written_rows_)),
      invalid_(std::move(other.invalid_)) {
  if (other.linked()) {
    other.unlink();
    link(database_);
  }
}

void Cursor::invalidate(const std::string& reason) {
  read_names();
  scanned_ = run_.scanned();
  has_row_ = false;
  invalid_ = std::make_unique<std::string>(reason);
  run_.end();
  unlink();
}

void Cursor::read_names() const {
  if (names_) return;
  auto names = std::make_shared<std::vector<std::string>>();
  if (!run_.ended()) {
    for (int column = 0; column < run_.columns(); ++column) {
      names->push_back(run_.column_name(column));
    }
  }
  names_ = std::move(names);
}

const std::vector<std::string>& Cursor::column_names() const {
  read_names();
  return *names_;
}

std::vector<SqlValue> Cursor::read_values() const {
  std::vector<SqlValue> values;
  const int columns = run_.columns();
  values.reserve(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) {
    values.push_back(run_.column(column).to_value());
  }
  return values;
}

std::optional<std::vector<SqlValue>> Cursor::next_values() {
  if (invalid_) throw SqlError("the cursor can no longer be read: " + *invalid_);
  if (written_rows_) {
    if (written_rows_->empty()) return std::nullopt;
    auto values = std::move(written_rows_->front());
    written_rows_->pop_front();
    ++given_;
    return values;
  }
  if (!has_row_) return std::nullopt;
  read_names();
  auto values = read_values();
  ++given_;
  advance();
  return values;
}

void Cursor::advance() {
  try {
    if (run_.step()) return;
    scanned_ = run_.scanned();
  } catch (const Error& error) {
    // The row at hand is good; the failure shows when the next one is asked for.
    invalidate(error.what());
    return;
  }
  has_row_ = false;
  run_.end();
  unlink();
}

std::optional<Row> Cursor::next() {
  auto values = next_values();
  if (!values) return std::nullopt;
  read_names();
  return Row(names_, std::move(*values));
}

std::vector<Row> Cursor::to_array() {
  std::vector<Row> rows;
  while (auto row = next()) rows.push_back(std::move(*row));
  return rows;
}

Row Cursor::one() {
  auto row = next();
  if (!row) throw SqlError("expected exactly one row, but the query gave none");
  if (next_values()) throw SqlError("expected exactly one row, but the query gave more");
  return std::move(*row);
}

std::int64_t Cursor::rows_read() const {
  return std::max(given_, run_.ended() ? scanned_ : run_.scanned());
}

}  // namespace stead
