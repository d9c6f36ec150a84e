#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace stead {

void check_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "stead: broken invariant: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace stead
