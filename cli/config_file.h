#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/config.h"

namespace stead {

/// Reads a `stead.toml` over `config`. Fails at the first mistake, with its place:
/// `stead.toml:12: unknown key "http.body_byte"; did you mean "http.body_bytes"?`
Result<void> read_config_file(const std::string& path, Config& config);

/// The same for the text of a file; `path` is for messages.
Result<void> read_config_text(std::string_view text, const std::string& path, Config& config);

}  // namespace stead
