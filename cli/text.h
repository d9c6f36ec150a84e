#pragma once

#include <string>
#include <string_view>

#include "base/wall_time.h"

namespace stead {

/// Text on one line: control characters become `\n`, `\t`, `\x1b` and the like.
std::string escape_control(std::string_view text);

/// One line on stderr: "stead: " and the message.
void print_error(std::string_view message);

}  // namespace stead
