#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "python/pybind.h"
#include "python/sql_home.h"
#include "python/sql_query.h"
#include "python/transaction_text.h"

namespace stead {

/// Python's connection to a database. `begin` opens a transaction: in an object a savepoint within
/// its turn's transaction, so that a turn which ends meanwhile commits nothing.
///
/// Thread: the home's. Owner: Python, and in an object its host. Fails: SqlError, StorageError.
class SqlConnection {
 public:
  explicit SqlConnection(std::unique_ptr<SqlHome> home) : home_(std::move(home)) {}

  Database& database();
  /// Runs a statement. For a DB-API cursor each statement outside `begin` is a transaction, whose
  /// foreign keys are checked at its end.
  std::unique_ptr<SqlQuery> execute(std::string_view sql, py::handle parameters, bool dbapi);
  std::unique_ptr<SqlQuery> execute_many(std::string_view sql, py::handle parameters, bool dbapi);
  void execute_script(std::string_view sql);
  void carry_out(const TransactionText& text);

  void begin();
  /// Throws SqlError, and leaves the transaction open, while a foreign key is violated.
  void commit();
  void rollback();
  bool in_transaction() const { return begun_; }
  /// Without it, a statement of a DB-API cursor that writes opens a transaction if none is open.
  bool autocommit() const { return autocommit_; }
  void set_autocommit(bool on) { autocommit_ = on; }
  void savepoint(std::string_view name);
  void release(std::string_view name);
  void rollback_to(std::string_view name);
  /// Commits what the turn has written so far. Throws SqlError inside a transaction or savepoint.
  void flush();
  /// Reads into memory what Python's queries have left, so that they outlive the turn.
  void drain_queries() { database().keep_cursor_rows(); }

  py::bytes serialize();
  void load(std::string_view image);
  /// Ends it; every later use throws StorageError.
  void close();
  bool closed() const { return !home_; }

 private:
  /// Runs `body` as a transaction of its own, if none is open and statements are.
  template <class Body>
  void run_alone(bool dbapi, Body&& body);
  /// Commits, or undoes everything if a foreign key is violated, and then throws if `must`.
  void finish_alone(bool must);
  void begin_if_needed();

  std::unique_ptr<SqlHome> home_;
  bool watched_ = false;
  bool begun_ = false;
  bool autocommit_ = true;
};

}  // namespace stead
