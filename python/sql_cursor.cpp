#include "python/sql_cursor.h"

#include "python/sql_connection.h"
#include "python/sql_exceptions.h"

namespace stead {

namespace {

/// A cursor as the DB-API wants it. Subclassed in Python.
class SqlCursor {
 public:
  explicit SqlCursor(py::object connection)
      : owner_(std::move(connection)), connection_(&owner_.cast<SqlConnection&>()) {}

  void execute(std::string_view sql, py::handle parameters) {
    require_open();
    query_.reset();
    description_ = {};
    if (const auto text = read_transaction_text(sql)) {
      row_count_ = -1;
      return connection_->carry_out(*text);
    }
    query_ = connection_->execute(sql, parameters, true);
    finish_statement();
  }
  void execute_many(std::string_view sql, py::handle parameters) {
    require_open();
    query_.reset();
    description_ = {};
    query_ = connection_->execute_many(sql, parameters, true);
    finish_statement();
    query_.reset();
  }
  void execute_script(std::string_view sql) {
    require_open();
    query_.reset();
    description_ = {};
    row_count_ = -1;
    connection_->execute_script(sql);
  }

  py::object fetch_one() {
    require_open();
    auto* row = query_ ? query_->next() : nullptr;
    if (!row) return py::none();
    return py::reinterpret_steal<py::object>(row);
  }
  py::object next() {
    require_open();
    auto* row = query_ ? query_->next() : nullptr;
    if (!row) throw py::stop_iteration();
    return py::reinterpret_steal<py::object>(row);
  }
  py::list fetch(Py_ssize_t count) {
    require_open();
    return query_ ? query_->fetch(count) : py::list();
  }

  py::object description() {
    if (!query_ || !query_->has_columns()) return py::none();
    if (description_) return description_;
    const auto& names = query_->column_names();
    py::tuple result(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      result[i] = py::make_tuple(names[i], py::none(), py::none(), py::none(), py::none(),
                                 py::none(), py::none());
    }
    description_ = std::move(result);
    return description_;
  }
  std::int64_t row_count() const { return row_count_; }
  py::object last_row_id() const {
    return last_row_id_ ? py::object(py::int_(*last_row_id_)) : py::none();
  }
  py::object connection() const { return owner_; }

  void drain() {
    if (query_) query_->drain();
  }
  void close() {
    query_.reset();
    closed_ = true;
  }

 private:
  void require_open() const {
    if (closed_) throw SqlError("Cannot operate on a closed cursor.");
  }
  void finish_statement() {
    row_count_ = query_->changes();
    if (!query_->read_only()) last_row_id_ = query_->last_row_id();
  }

  py::object owner_;
  SqlConnection* connection_;
  std::unique_ptr<SqlQuery> query_;
  py::object description_;
  std::int64_t row_count_ = -1;
  std::optional<std::int64_t> last_row_id_;
  bool closed_ = false;
};

/// Calls a method so that its failures are the DB-API's.
template <class Body>
auto as_dbapi(Body&& body) {
  try {
    return body();
  } catch (const Error& error) {
    set_dbapi_error(error);
    throw py::error_already_set();
  }
}

void define_execution(py::class_<SqlCursor>& type) {
  type.def(
          "execute",
          [](py::object self, std::string_view sql, py::handle parameters) {
            as_dbapi([&] { self.cast<SqlCursor&>().execute(sql, parameters); });
            return self;
          },
          py::arg("sql"), py::arg("params") = py::tuple())
      .def(
          "executemany",
          [](py::object self, std::string_view sql, py::handle parameters) {
            as_dbapi([&] { self.cast<SqlCursor&>().execute_many(sql, parameters); });
            return self;
          },
          py::arg("sql"), py::arg("params"))
      .def(
          "executescript",
          [](py::object self, std::string_view sql) {
            as_dbapi([&] { self.cast<SqlCursor&>().execute_script(sql); });
            return self;
          },
          py::arg("sql"));
}

void define_rows(py::class_<SqlCursor>& type) {
  type.def("fetchone", [](SqlCursor& self) { return as_dbapi([&] { return self.fetch_one(); }); })
      .def(
          "fetchmany",
          [](SqlCursor& self, Py_ssize_t size) {
            return as_dbapi([&] { return self.fetch(size < 0 ? 0 : size); });
          },
          py::arg("size") = 1)
      .def("fetchall", [](SqlCursor& self) { return as_dbapi([&] { return self.fetch(-1); }); })
      .def("__iter__", [](py::object self) { return self; })
      .def("__next__", [](SqlCursor& self) { return as_dbapi([&] { return self.next(); }); })
      .def(
          "drain", [](SqlCursor& self) { as_dbapi([&] { self.drain(); }); },
          "Reads the rows that are left into memory, so that the statement is over.")
      .def("close", &SqlCursor::close);
}

}  // namespace

void register_cursor(py::module_& module) {
  py::class_<SqlCursor> type(module, "Cursor");
  type.def(py::init<py::object>(), py::arg("connection"));
  define_execution(type);
  define_rows(type);
  type.def_property_readonly("description", &SqlCursor::description)
      .def_property_readonly("rowcount", &SqlCursor::row_count)
      .def_property_readonly("lastrowid", &SqlCursor::last_row_id);
}

}  // namespace stead
