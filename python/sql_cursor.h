#pragma once

#include "python/pybind.h"

namespace stead {

/// Adds `Cursor`, which the DB-API's cursor is made from, to the module. It raises the exceptions
/// that `set_dbapi_exceptions` was given.
void register_cursor(py::module_& module);

}  // namespace stead
