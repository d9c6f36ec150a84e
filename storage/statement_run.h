#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/value.h"

namespace stead {

class Database;
struct Statement;
enum class Trust : std::uint8_t;

/// A statement while it runs: from its text and arguments to its last row. Gives the compiled
/// statement back when it goes, which ends the read transaction.
///
/// Thread: the connection's. Lifetime: within the database's connection. Fails: SqlError,
/// StorageError.
class StatementRun {
 public:
  /// `copy` if the arguments may be gone before the last step.
  StatementRun(Database& database, std::string_view sql, std::span<const SqlView> bindings,
               Trust trust, bool copy = false);
  /// Without arguments yet: `bind` them before the first step.
  StatementRun(Database& database, std::string_view sql, Trust trust);
  StatementRun(StatementRun&& other) noexcept
      : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}
  StatementRun& operator=(StatementRun&&) = delete;
  ~StatementRun() { end(); }

  /// Gives the arguments, as many as `parameters`; throws SqlError if there are more or fewer.
  void bind(std::span<const SqlView> bindings, bool copy);
  /// Goes back to before the first step, for other arguments.
  void restart() noexcept;
  /// True if there is a row to read.
  bool step();
  void end() noexcept;
  bool ended() const { return !statement_; }
  bool read_only() const;

  int parameters() const;
  /// As the text has it, e.g. ":name"; empty for one without a name. The first is 1.
  std::string_view parameter_name(int parameter) const;
  int columns() const;
  std::string column_name(int column) const;
  /// Those of all columns, shared by the runs of a statement.
  std::shared_ptr<const std::vector<std::string>> column_names() const;
  /// The type in the definition of the table's column, e.g. "varchar(20)"; empty for expressions.
  std::string_view declared_type(int column) const;
  /// A column of the present row as text, whatever its type; valid until the next step.
  std::string_view column_text(int index) const;
  /// A column of the present row, valid until the next step.
  SqlView column(int index) const;
  /// Rows passed by full scans, so far.
  std::int64_t scanned() const;
  void forget_scanned();

 private:
  Database& database_;
  Statement* statement_;
};

}  // namespace stead
