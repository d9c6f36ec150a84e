// The module `_stead` for a plain interpreter: databases in memory, without objects.

#include "python/database_module.h"

PYBIND11_MODULE(_stead, module) {
  module.doc() = "Stead's SQL, for Python.";
  stead::register_database(module);
}
