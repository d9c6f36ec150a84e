#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "project/config_node.h"

namespace stead {

/// Reads JSON with comments and trailing commas (JSONC). `path` is for messages:
/// `wrangler.jsonc:7: …`. Of a key that comes twice the last one counts.
Result<ConfigNode> read_json_config(std::string_view text, const std::string& path);

}  // namespace stead
