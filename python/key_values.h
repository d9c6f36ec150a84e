#pragma once

namespace pybind11 {
class module_;
}

namespace stead {

/// `_stead.kv_get`, `kv_put`, `kv_delete` and `kv_list`: values by key of the object whose turn
/// runs. Values are None, bool, int, float, str, bytes, and `("json", text)` for JSON.
void add_key_values(pybind11::module_& module);

}  // namespace stead
