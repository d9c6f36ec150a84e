#pragma once

#include <cstdint>

namespace stead {

/// How large an author's SQL may be.
enum class SqlLimits : std::uint8_t {
  reference,  ///< those of Durable Objects: 100 arguments, 100 columns, short patterns
  native,     ///< SQLite's own: 32,766 arguments, 2,000 columns, texts of up to a gigabyte
};

}  // namespace stead
