#pragma once

#include "python/pybind.h"

namespace stead {

/// The database part of the module `_stead`.
void register_database(py::module_& module);

}  // namespace stead
