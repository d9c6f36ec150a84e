#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/cursor.h"
#include "storage/statement_run.h"
#include "storage/value.h"

namespace stead {

class Database;

/// SQL on an object's own database. Statements are compiled once and kept by their text, so give
/// values as arguments (`?`, bound by position), never as part of the text.
///
/// A text may hold several statements: all run, the arguments and the result belong to the last.
/// Writes have happened when the call returns, and are committed at the end of the turn.
///
/// Thread: the object's turn. Lifetime: the object's storage. Fails: SqlError for what SQLite
/// refuses; TypeError and RangeError for values of another type than asked for; StorageError if the
/// disk failed and the object is reset.
class Sql {
 public:
  explicit Sql(Database& database) : database_(database) {}
  Sql(const Sql&) = delete;
  Sql& operator=(const Sql&) = delete;

  /// Runs a statement; its rows are in the cursor.
  template <class... Arguments>
  Cursor exec(std::string_view sql, const Arguments&... arguments) {
    const std::array<SqlView, sizeof...(Arguments)> bindings{sql_view(arguments)...};
    return Cursor(database_, sql, bindings);
  }

  /// The only row: a value for one type, a tuple for several. Throws SqlError if there is no row or
  /// more than one.
  ///
  ///     auto balance = sql().one<std::int64_t>("SELECT balance FROM account WHERE id = ?", id);
  template <class... Columns, class... Arguments>
  auto one(std::string_view sql, const Arguments&... arguments) {
    static_assert(sizeof...(Columns) > 0, "say which types the columns have: one<int>(...)");
    const std::array<SqlView, sizeof...(Arguments)> bindings{sql_view(arguments)...};
    auto run = start(sql, bindings);
    if (!run.step()) no_row();
    auto result = read<Columns...>(run);
    if (run.step()) several_rows();
    return result;
  }

  /// Every row: values for one type, tuples for several.
  template <class... Columns, class... Arguments>
  auto rows(std::string_view sql, const Arguments&... arguments) {
    static_assert(sizeof...(Columns) > 0, "say which types the columns have: rows<int>(...)");
    const std::array<SqlView, sizeof...(Arguments)> bindings{sql_view(arguments)...};
    auto run = start(sql, bindings);
    std::vector<decltype(read<Columns...>(run))> result;
    while (run.step()) result.push_back(read<Columns...>(run));
    return result;
  }

  /// Bytes in use: pages that are not on the free list.
  std::int64_t database_size() const;

 private:
  StatementRun start(std::string_view sql, std::span<const SqlView> bindings);
  [[noreturn]] static void no_row();
  [[noreturn]] static void several_rows();
  [[noreturn]] static void wrong_columns(int expected, int given);

  template <class T>
  static T read_column(const StatementRun& run, int column) {
    T value{};
    const auto view = run.column(column);
    const auto result = sql_read(view, value);
    if (result != SqlReadResult::ok) {
      sql_internal::cannot_read(result, view, sql_internal::type_name<T>(),
                                run.column_name(column));
    }
    return value;
  }

  template <class... Columns>
  static auto read(const StatementRun& run) {
    constexpr int expected = sizeof...(Columns);
    if (run.columns() != expected) wrong_columns(expected, run.columns());
    if constexpr (expected == 1) {
      return read_column<Columns...>(run, 0);
    } else {
      return [&run]<std::size_t... column>(std::index_sequence<column...>) {
        return std::tuple<Columns...>{read_column<Columns>(run, static_cast<int>(column))...};
      }(std::index_sequence_for<Columns...>());
    }
  }

  Database& database_;
};

}  // namespace stead
