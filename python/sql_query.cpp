#include "python/sql_query.h"

#include <algorithm>

#include "python/sql_parameters.h"
#include "storage/database.h"

namespace stead {

SqlQuery::SqlQuery(Database& database, std::string_view sql)
    : database_(database),
      run_(database, sql, Trust::app),
      read_only_(run_.read_only()),
      columns_(run_.columns()),
      rows_(py::reinterpret_steal<py::list>(py::handle())) {}

void SqlQuery::execute(py::handle parameters, bool dbapi) {
  SqlParameters arguments(dbapi);
  if (parameters) arguments.read(parameters.ptr(), run_);
  run_.bind(arguments.views(), true);
  run_.forget_scanned();
  if (dbapi && columns_ > 0) find_converters();
  if (read_only_) {
    has_row_ = run_.step();
    if (has_row_) {
      link(database_);
    } else {
      end();
    }
  } else {
    const auto before = database_.total_changes();
    run_to_end();
    rows_written_ = database_.total_changes() - before;
    // SQLite's count is of the last statement that wrote rows: not of this one, if it wrote none.
    changes_ = rows_written_ == 0 ? 0 : database_.changes();
    end();
  }
  last_row_id_ = database_.last_insert_rowid();
}

std::int64_t SqlQuery::execute_many(py::handle all_parameters, bool dbapi) {
  std::int64_t sum = 0;
  SqlParameters arguments(dbapi);
  for (const auto parameters : py::reinterpret_borrow<py::object>(all_parameters)) {
    run_.restart();
    arguments.read(parameters.ptr(), run_);
    run_.bind(arguments.views(), true);
    const auto before = database_.total_changes();
    while (run_.step()) {
    }
    const auto written = database_.total_changes() - before;
    rows_written_ += written;
    if (written > 0) sum += database_.changes();
  }
  end();
  last_row_id_ = database_.last_insert_rowid();
  changes_ = read_only_ ? -1 : sum;
  return sum;
}

void SqlQuery::run_to_end() {
  while (run_.step()) {
    if (!rows_) rows_ = py::list();
    const auto row = py::reinterpret_steal<py::object>(read_row());
    rows_.append(row);
  }
}

void SqlQuery::find_converters() {
  for (int column = 0; column < columns_; ++column) {
    const auto* converter = find_converter(run_.declared_type(column));
    if (!converter) continue;
    if (converters_.empty()) converters_.resize(static_cast<std::size_t>(columns_));
    converters_[static_cast<std::size_t>(column)] = converter;
  }
}

const std::vector<std::string>& SqlQuery::column_names() const {
  if (!run_.ended()) names_ = run_.column_names();
  return *names_;
}

PyObject* SqlQuery::read_row() const {
  // SQLite compiles anew by itself when the schema changes.
  const int columns = run_.columns();
  auto row = py::reinterpret_steal<py::object>(PyTuple_New(columns));
  if (!row) throw py::error_already_set();
  for (int column = 0; column < columns; ++column) {
    const auto view = run_.column(column);
    const auto* converter = static_cast<std::size_t>(column) < converters_.size()
                                ? converters_[static_cast<std::size_t>(column)]
                                : nullptr;
    auto* value = converter && view.type != SqlView::Type::null ? convert(*converter, run_, column)
                                                                : to_python(view);
    if (!value) throw py::error_already_set();
    PyTuple_SET_ITEM(row.ptr(), column, value);
  }
  return row.release().ptr();
}

void SqlQuery::require_valid() const {
  if (failure_) failure_->raise();
}

void SqlQuery::advance() {
  try {
    if (run_.step()) return;
  } catch (const Error& error) {
    failure_ = std::make_unique<Error>(error);
  }
  end();
}

void SqlQuery::end() {
  has_row_ = false;
  if (!run_.ended()) {
    names_ = run_.column_names();
    scanned_ = run_.scanned();
    run_.end();
  }
  unlink();
}

void SqlQuery::invalidate(const std::string& reason) {
  end();
  failure_ = std::make_unique<Error>(ErrorCode::sql, "the cursor can no longer be read: " + reason);
}

PyObject* SqlQuery::next() {
  if (rows_) {
    if (rows_given_ < static_cast<Py_ssize_t>(rows_.size())) {
      ++given_;
      auto* row = PyList_GET_ITEM(rows_.ptr(), rows_given_++);
      Py_INCREF(row);
      return row;
    }
    rows_ = py::reinterpret_steal<py::list>(py::handle());
  }
  if (!has_row_) {
    require_valid();
    return nullptr;
  }
  auto* row = read_row();
  ++given_;
  advance();
  return row;
}

py::list SqlQuery::fetch(Py_ssize_t count) {
  py::list result;
  while (count != 0) {
    auto row = py::reinterpret_steal<py::object>(next());
    if (!row) break;
    if (PyList_Append(result.ptr(), row.ptr()) != 0) throw py::error_already_set();
    if (count > 0) --count;
  }
  return result;
}

void SqlQuery::drain() {
  if (!has_row_) return;
  const auto before = given_;
  auto rest = fetch(-1);
  given_ = before;
  rows_ = std::move(rest);
  rows_given_ = 0;
}

void SqlQuery::close() {
  end();
  rows_ = py::reinterpret_steal<py::list>(py::handle());
}

std::int64_t SqlQuery::rows_read() const {
  return std::max(given_, run_.ended() ? scanned_ : run_.scanned());
}

}  // namespace stead
