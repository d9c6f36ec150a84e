#pragma once

#include "python/pybind.h"

namespace stead {

/// Adds `Rows` and `Connection` to the module.
void register_rows(py::module_& module);

}  // namespace stead
