#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stead {

/// Decodes percent-escapes (RFC 3986, section 2.1). Nothing if an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text);

/// The value of a query parameter, decoded as `application/x-www-form-urlencoded`. Nothing if it is
/// absent or malformed. `query` is the text behind the question mark.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

}  // namespace stead
