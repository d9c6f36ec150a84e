#pragma once

#include <cstddef>
#include <cstdint>

namespace stead {

/// What this process holds at one moment.
struct Usage {
  /// Resident memory.
  std::int64_t resident = 0;
  /// Bytes handed out by malloc.
  std::int64_t heap = 0;
  /// The part of `heap` that is SQLite's page cache.
  std::int64_t page_cache = 0;
  std::int64_t descriptors = 0;
  std::int64_t threads = 0;

  static Usage now();
};

/// Lets this process open as many files as the system allows it.
void raise_descriptor_limit();

}  // namespace stead
