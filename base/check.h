#pragma once

namespace stead {

/// Prints the broken invariant and aborts the process. A broken invariant is a bug of ours: the
/// only safe state is the one on disk.
[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace stead

/// Always on, in release builds as well.
#define CHECK(expression)                               \
  (static_cast<bool>(expression) ? static_cast<void>(0) \
                                 : ::stead::check_failed(#expression, __FILE__, __LINE__))
