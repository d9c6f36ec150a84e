#include "python/database_module.h"

#include "python/sql_connection.h"
#include "python/sql_converters.h"
#include "python/sql_cursor.h"
#include "python/sql_exceptions.h"
#include "python/sql_parameters.h"
#include "python/sql_rows.h"
#include "storage/sqlite_runtime.h"

namespace stead {

void register_database(py::module_& module) {
  // Python's own sqlite3 may be imported next, which settles what can be set up.
  sqlite_runtime_setup();
  register_sql_exceptions(module);
  register_rows(module);
  register_cursor(module);
  module.def(
      "connect", [] { return std::make_unique<SqlConnection>(std::make_unique<PrivateSqlHome>()); },
      "A connection to a new, empty database in memory, which is gone with it.");
  module.def("register_adapter", &register_adapter, py::arg("type"), py::arg("adapter"));
  module.def("register_converter", &register_converter, py::arg("declared_type"),
             py::arg("converter"), py::arg("kind") = "");
  module.def("set_dbapi_exceptions", &set_dbapi_exceptions, py::arg("exceptions"));
  module.def("sqlite_version", &sqlite_version, "Of the library, e.g. \"3.40.1\".");
}

}  // namespace stead
