#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "project/config_node.h"

namespace stead {

/// Reads TOML. `path` is for messages: `wrangler.toml:7: …`. Dates and times become strings.
Result<ConfigNode> read_toml_config(std::string_view text, const std::string& path);

}  // namespace stead
