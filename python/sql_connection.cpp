#include "python/sql_connection.h"

#include "storage/database_import.h"
#include "storage/sqlite_error.h"

namespace stead {

namespace {

/// No text can name it: names of authors are not reserved ones.
constexpr std::string_view transaction_name = "_stead_transaction";

/// In SQLite's words and with its code, since programs look at both.
[[noreturn]] void refuse(const char* text) {
  constexpr int sqlite_error_code = 1;
  Error error(ErrorCode::sql, text);
  error.set_sqlite_code(sqlite_error_code).raise();
}

/// False if somebody wants this thread to stop, as the watchdog of events that take too long does:
/// Python itself would see it when the statement has ended.
bool go_on() {
  // What the turn's end runs is none of Python's.
  return !PyGILState_Check() || !PyThreadState_Get()->async_exc;
}

/// Lets other objects run as well.
bool go_on_after_others() {
  if (!PyGILState_Check()) return true;
  {
    const py::gil_scoped_release released;
  }
  return go_on();
}

}  // namespace

Database& SqlConnection::database() {
  if (!home_) throw StorageError("Cannot operate on a closed database.");
  auto& opened = home_->database();
  if (!watched_) {
    opened.set_watch(home_->shared() ? &go_on : &go_on_after_others);
    watched_ = true;
  }
  return opened;
}

template <class Body>
void SqlConnection::run_alone(bool dbapi, Body&& body) {
  auto& opened = database();
  if (begun_ || opened.savepoint_depth() > 0) {
    try {
      return body();
    } catch (...) {
      // ON CONFLICT ROLLBACK, a full disk: nothing is left that could be committed.
      if (!opened.in_transaction()) begun_ = false;
      throw;
    }
  }
  if (home_->commits_statements()) {
    try {
      body();
    } catch (...) {
      // The statement is undone as its conflict clause says; what is left of it stays.
      if (opened.in_transaction()) finish_alone(false);
      throw;
    }
    if (opened.in_transaction()) finish_alone(true);
    return;
  }
  if (!dbapi) return body();
  Savepoint savepoint(opened);
  try {
    body();
  } catch (...) {
    if (!opened.critical_error()) savepoint.release();
    throw;
  }
  if (opened.violates_foreign_keys()) throw SqlError(sqlite_foreign_key_error());
  savepoint.release();
}

void SqlConnection::finish_alone(bool must) {
  auto& opened = database();
  if (!opened.violates_foreign_keys()) {
    opened.commit();
    return;
  }
  opened.rollback();
  if (must) sqlite_foreign_key_error().raise();
}

std::unique_ptr<SqlQuery> SqlConnection::execute(std::string_view sql, py::handle parameters,
                                                 bool dbapi) {
  auto query = std::make_unique<SqlQuery>(database(), sql);
  if (query->read_only()) {
    query->execute(parameters, dbapi);
    // A pragma, or a statement before the last one, may have opened a transaction.
    if (database().in_transaction()) {
      run_alone(dbapi && home_->commits_statements(), [] {});
    }
  } else {
    if (dbapi) begin_if_needed();
    run_alone(dbapi, [&] { query->execute(parameters, dbapi); });
  }
  return query;
}

std::unique_ptr<SqlQuery> SqlConnection::execute_many(std::string_view sql, py::handle parameters,
                                                      bool dbapi) {
  auto query = std::make_unique<SqlQuery>(database(), sql);
  if (dbapi && !query->read_only()) begin_if_needed();
  run_alone(dbapi, [&] { query->execute_many(parameters, dbapi); });
  return query;
}

void SqlConnection::execute_script(std::string_view sql) {
  run_alone(true, [&] { database().run_script(sql, Trust::app); });
}

void SqlConnection::carry_out(const TransactionText& text) {
  switch (text.kind) {
    case TransactionText::Kind::begin:
      return begin();
    case TransactionText::Kind::commit:
      return commit();
    case TransactionText::Kind::rollback:
      return rollback();
    case TransactionText::Kind::savepoint:
      begin_if_needed();
      return savepoint(text.name);
    case TransactionText::Kind::release:
      return release(text.name);
    case TransactionText::Kind::rollback_to:
      return rollback_to(text.name);
  }
}

void SqlConnection::begin_if_needed() {
  if (!autocommit_ && !begun_) begin();
}

void SqlConnection::begin() {
  auto& opened = database();
  const bool alone = home_->commits_statements();
  if (begun_ || (alone && opened.savepoint_depth() > 0)) {
    refuse("cannot start a transaction within a transaction");
  }
  if (alone) {
    opened.begin();
  } else {
    opened.open_savepoint(transaction_name);
  }
  begun_ = true;
}

void SqlConnection::commit() {
  auto& opened = database();
  if (!begun_) refuse("cannot commit - no transaction is active");
  if (opened.violates_foreign_keys()) sqlite_foreign_key_error().raise();
  if (home_->commits_statements()) {
    while (opened.savepoint_depth() > 0) opened.release_savepoint();
    begun_ = false;
    opened.commit();
  } else {
    opened.release_savepoint(transaction_name);
    begun_ = false;
  }
}

void SqlConnection::rollback() {
  auto& opened = database();
  if (!begun_) refuse("cannot rollback - no transaction is active");
  begun_ = false;
  if (home_->commits_statements()) return opened.rollback();
  opened.rollback_to_savepoint(transaction_name);
  opened.release_savepoint(transaction_name);
}

void SqlConnection::savepoint(std::string_view name) { database().open_savepoint(name); }

void SqlConnection::release(std::string_view name) {
  auto& opened = database();
  opened.release_savepoint(name);
  const bool last = !begun_ && opened.savepoint_depth() == 0;
  if (last && home_->commits_statements()) finish_alone(true);
}

void SqlConnection::rollback_to(std::string_view name) { database().rollback_to_savepoint(name); }

void SqlConnection::flush() {
  auto& opened = database();
  if (begun_ || opened.savepoint_depth() > 0) {
    throw SqlError("a transaction is open: commit it or roll it back before flush()");
  }
  if (opened.in_transaction()) home_->flush();
}

py::bytes SqlConnection::serialize() {
  const auto image = database().serialize();
  return py::bytes(reinterpret_cast<const char*>(image.data()), image.size());
}

void SqlConnection::load(std::string_view image) {
  run_alone(true, [&] {
    import_database(database(),
                    {reinterpret_cast<const std::uint8_t*>(image.data()), image.size()});
  });
}

void SqlConnection::close() {
  if (!home_) return;
  home_->close();
  home_.reset();
  begun_ = false;
}

}  // namespace stead
