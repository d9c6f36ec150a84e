#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stead {

/// The name of a file below the assets' folder that a request's path asks for, decoded and without
/// the first slash; it keeps a last one. Nothing if no file may be called so: a part that begins
/// with a dot (but for `.well-known`), an empty part, an escaped slash, a backslash, a control
/// character, a malformed escape.
std::optional<std::string> asset_name(std::string_view path);

/// The path that asks for a name: "/" and the name, with everything escaped that has a meaning in
/// a URL.
std::string asset_url(std::string_view name);

}  // namespace stead
