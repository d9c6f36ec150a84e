#include "python/sql_rows.h"

#include "python/django_functions.h"
#include "python/python_function.h"
#include "python/sql_connection.h"

namespace stead {

namespace {

/// The result of `Connection.execute`.
class SqlRows {
 public:
  SqlRows(py::object connection, std::unique_ptr<SqlQuery> query)
      : connection_(std::move(connection)), query_(std::move(query)) {}

  SqlQuery& query() { return *query_; }
  py::object columns() {
    if (!query_->has_columns()) return py::none();
    const auto& names = query_->column_names();
    py::tuple result(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) result[i] = names[i];
    return py::object(std::move(result));
  }
  py::object next() {
    auto* row = query_->next();
    if (!row) throw py::stop_iteration();
    return py::reinterpret_steal<py::object>(row);
  }

 private:
  /// A database of the connection's own must not go while rows are read.
  py::object connection_;
  std::unique_ptr<SqlQuery> query_;
};

void define_rows(py::module_& module) {
  py::class_<SqlRows>(module, "Rows", "The rows that a statement gives, as tuples.")
      .def("__iter__", [](py::object self) { return self; })
      .def("__next__", &SqlRows::next)
      .def_property_readonly("columns", &SqlRows::columns,
                             "The names of the columns, repetitions kept; None without columns.")
      .def(
          "fetch", [](SqlRows& self, Py_ssize_t count) { return self.query().fetch(count); },
          py::arg("count") = -1, "At most so many rows; all that are left by default.")
      .def(
          "drain", [](SqlRows& self) { self.query().drain(); },
          "Reads what is left into memory, so that the statement is over.")
      .def(
          "close", [](SqlRows& self) { self.query().close(); }, "Drops what is left.")
      .def_property_readonly("rows_read", [](SqlRows& self) { return self.query().rows_read(); })
      .def_property_readonly("rows_written",
                             [](SqlRows& self) { return self.query().rows_written(); })
      .def_property_readonly(
          "changes", [](SqlRows& self) { return self.query().changes(); },
          "Rows that the statement itself changed; -1 for one that only reads.")
      .def_property_readonly("last_row_id",
                             [](SqlRows& self) { return self.query().last_row_id(); });
}

SqlRows execute(py::object self, const py::str& sql, py::object parameters) {
  auto& connection = self.cast<SqlConnection&>();
  const auto text = sql.cast<std::string_view>();
  return {self, connection.execute(text, parameters, false)};
}

void define_statements(py::class_<SqlConnection>& type) {
  type.def("execute", &execute, py::arg("sql"), py::arg("params") = py::tuple(),
           "Runs a statement; of several, the parameters and rows are the last one's.")
      .def(
          "execute_many",
          [](SqlConnection& self, std::string_view sql, py::object parameters) {
            return self.execute_many(sql, parameters, false)->changes();
          },
          py::arg("sql"), py::arg("params"),
          "Runs a statement once for each of the parameters; the number of rows changed.")
      .def("execute_script", &SqlConnection::execute_script, py::arg("sql"),
           "Runs statements without parameters.")
      .def(
          "create_function",
          [](SqlConnection& self, const std::string& name, int arity, py::object call,
             bool deterministic) {
            if (call.is_none()) return self.database().remove_function(name, arity);
            self.database().add_function(
                python_function(name, arity, std::move(call), deterministic));
          },
          py::arg("name"), py::arg("nargs"), py::arg("callable"), py::kw_only(),
          py::arg("deterministic") = false, "Adds a function to SQL; None takes it away.")
      .def(
          "create_django_function",
          [](SqlConnection& self, const std::string& name, int arity, py::object call,
             bool deterministic) {
            self.database().add_function(python_function(
                name, arity, std::move(call), deterministic, find_django_function(name)));
          },
          py::arg("name"), py::arg("nargs"), py::arg("callable"), py::kw_only(),
          py::arg("deterministic") = false,
          "Adds one of Django's functions, which is native where that makes no difference.")
      .def(
          "create_aggregate",
          [](SqlConnection& self, const std::string& name, int arity, py::object group) {
            if (group.is_none()) return self.database().remove_function(name, arity);
            self.database().add_function(python_aggregate(name, arity, std::move(group)));
          },
          py::arg("name"), py::arg("nargs"), py::arg("aggregate_class"),
          "Adds an aggregate: a class with step(*values) and finalize().");
}

void define_transactions(py::class_<SqlConnection>& type) {
  type.def("begin", &SqlConnection::begin)
      .def("commit", &SqlConnection::commit)
      .def("rollback", &SqlConnection::rollback)
      .def_property_readonly("in_transaction", &SqlConnection::in_transaction,
                             "Whether begin() was called, and neither commit() nor rollback().")
      .def("savepoint", &SqlConnection::savepoint, py::arg("name"))
      .def("release", &SqlConnection::release, py::arg("name"))
      .def("rollback_to", &SqlConnection::rollback_to, py::arg("name"))
      .def_property("autocommit", &SqlConnection::autocommit, &SqlConnection::set_autocommit,
                    "For DB-API cursors: statements outside begin() commit by themselves.")
      .def("drain_cursors", &SqlConnection::drain_queries,
           "Reads into memory what queries have left, so that they outlive the turn.")
      .def("flush", &SqlConnection::flush, "Commits what the turn has written so far.");
}

void define_state(py::class_<SqlConnection>& type) {
  type.def("serialize", &SqlConnection::serialize, "The database as the bytes of a file.")
      .def(
          "load",
          [](SqlConnection& self, const py::bytes& image) {
            self.load(image.cast<std::string_view>());
          },
          py::arg("image"), "Copies what serialize() gave into this empty database.")
      .def("close", &SqlConnection::close)
      .def_property_readonly("closed", &SqlConnection::closed)
      .def_property_readonly(
          "last_insert_rowid",
          [](SqlConnection& self) { return self.database().last_insert_rowid(); })
      .def_property_readonly("total_changes",
                             [](SqlConnection& self) { return self.database().total_changes(); })
      .def_property_readonly("database_size",
                             [](SqlConnection& self) { return self.database().size(); });
}

}  // namespace

void register_rows(py::module_& module) {
  define_rows(module);
  py::class_<SqlConnection> type(module, "Connection", py::dynamic_attr(),
                                 "A connection to one database.");
  define_statements(type);
  define_transactions(type);
  define_state(type);
}

}  // namespace stead
