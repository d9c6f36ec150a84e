#pragma once

#include <string_view>

namespace stead {

/// Whether the text is well-formed UTF-8 (RFC 3629): no surrogates, nothing overlong.
bool is_utf8(std::string_view text);

}  // namespace stead
