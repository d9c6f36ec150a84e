#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "python/pybind.h"
#include "python/sql_converters.h"
#include "storage/open_cursor.h"
#include "storage/statement_run.h"

namespace stead {

class Database;

/// One statement of Python's from its execution to its last row. A statement that writes is run to
/// its end at once; a query reads on as rows are taken, one row ahead.
///
/// Thread: the connection's, with the interpreter lock. Lifetime: the database's connection; what
/// is read later throws SqlError.
class SqlQuery final : public OpenCursor {
 public:
  /// Compiles; `execute` runs it.
  SqlQuery(Database& database, std::string_view sql);

  /// Runs it. With `dbapi`, values of any type with an adapter are taken, and columns of declared
  /// types converted.
  void execute(py::handle parameters, bool dbapi);
  /// Runs it once for each of the parameters; the sum of the changes.
  std::int64_t execute_many(py::handle all_parameters, bool dbapi);

  bool read_only() const { return read_only_; }
  /// Whether it gives rows at all.
  bool has_columns() const { return columns_ > 0; }
  const std::vector<std::string>& column_names() const;

  /// A new reference to a tuple; null without an exception after the last row. Throws.
  PyObject* next();
  /// At most `count` rows; all that are left if it is negative.
  py::list fetch(Py_ssize_t count);
  /// Reads what is left into memory, so that the statement is over.
  void drain();
  void keep_rows() override { drain(); }
  /// Drops what is left.
  void close();

  /// Rows that the statement changed itself; -1 for a query.
  std::int64_t changes() const { return changes_; }
  std::int64_t rows_read() const;
  std::int64_t rows_written() const { return rows_written_; }
  std::int64_t last_row_id() const { return last_row_id_; }

 private:
  void invalidate(const std::string& reason) override;
  void require_valid() const;
  void run_to_end();
  void find_converters();
  /// A new reference to the present row; throws Python's exception.
  PyObject* read_row() const;
  /// Steps on; a failure shows when the next row is asked for.
  void advance();
  void end();

  Database& database_;
  StatementRun run_;
  const bool read_only_;
  const int columns_;
  mutable std::shared_ptr<const std::vector<std::string>> names_;
  /// By column; empty if none needs one.
  std::vector<const SqlConverter*> converters_;
  bool has_row_ = false;
  /// Rows that are already read, and how many of them are given away.
  py::list rows_;
  Py_ssize_t rows_given_ = 0;
  std::int64_t given_ = 0;
  std::int64_t scanned_ = 0;
  std::int64_t changes_ = -1;
  std::int64_t rows_written_ = 0;
  std::int64_t last_row_id_ = 0;
  std::unique_ptr<Error> failure_;
};

}  // namespace stead
