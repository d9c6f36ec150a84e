#pragma once

#include <cstdint>

namespace stead {

/// Counts the heap that SQLite's page caches hold, all connections together, by standing between
/// SQLite and its allocator. Whatever else SQLite allocates is not counted.
class PageCacheMeter {
 public:
  /// Must precede any use of SQLite. Throws `std::runtime_error` if SQLite refuses.
  static void install();
  static std::int64_t bytes();
};

}  // namespace stead
