#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.h"

namespace stead {

/// Reads a request body as the arguments of a named method: a JSON array; an empty body is `[]`.
/// Fails with `HttpError` 400 that says at which byte, line and column the text is wrong.
Result<std::unique_ptr<nlohmann::json>> parse_arguments(std::string_view body);

}  // namespace stead
