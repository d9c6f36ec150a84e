#pragma once

#include "base/error.h"
#include "python/pybind.h"

namespace stead {

/// Adds `SqlError` and `StorageError` to the module, and makes every binding raise them.
void register_sql_exceptions(py::module_& module);

/// Sets Python's exception from an error: `SqlError` or `StorageError`, with `code`, the name that
/// SQLite gives, and `errorcode`, its number. TypeError and RangeError are Python's own TypeError
/// and OverflowError.
void set_python_error(const Error& error);

/// The exceptions of the DB-API by their names, to be raised by cursors; called by its module.
void set_dbapi_exceptions(py::dict exceptions);
/// The same as the DB-API has it: an `IntegrityError` for a constraint, and so on.
void set_dbapi_error(const Error& error);

}  // namespace stead
