#pragma once

namespace stead {

/// Keeps the built-in module `_stead` in programs that link this layer as a library: nothing else
/// refers to it by name.
void link_native_module();

}  // namespace stead
