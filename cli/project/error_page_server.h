#pragma once

#include <vector>

namespace stead {

/// Answers every request on some listening sockets with a page that says that the project cannot
/// be loaded, until `stop` can be read from or is closed; then finishes what it has begun.
///
/// Thread: one; it starts others. Owner: a process of its own.
void serve_error_page(const std::vector<int>& sockets, int stop);

}  // namespace stead
