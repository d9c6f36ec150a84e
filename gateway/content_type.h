#pragma once

#include <string_view>

namespace stead {

/// What a file is, by its extension, for a `Content-Type` header. Text is UTF-8.
std::string_view content_type_of(std::string_view file_name);

}  // namespace stead
