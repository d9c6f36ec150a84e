#pragma once

#include <pybind11/pybind11.h>

namespace stead {

/// `_stead.kv_get`, `kv_put`, `kv_delete`, `kv_list`: values by key of the object whose turn runs.
/// JSON is `("json", text)`; the rest are Python's own types.
void register_key_values(pybind11::module_& module);

}  // namespace stead
