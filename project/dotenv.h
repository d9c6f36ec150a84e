#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stead {

struct ConfigNotes;

/// Reads a `.dev.vars` or `.env`: lines `NAME=value`, with or without `export`; values in single
/// quotes or backquotes as they are, in double quotes with `\n`, `\t`, `\"` and `\\`, over several
/// lines if need be; unquoted up to ` #`. Lines that are none of this are warned of and left out.
/// Of a name that comes twice the last one counts.
std::vector<std::pair<std::string, std::string>> read_dotenv(std::string_view text,
                                                             ConfigNotes& notes);

}  // namespace stead
