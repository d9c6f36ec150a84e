#pragma once

#include <string_view>

namespace stead {

/// Whether `*` (and `**`) for any text, with slashes in it, and `?` for one character make `text`
/// of `pattern`. Takes time in proportion to both lengths at most.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace stead
