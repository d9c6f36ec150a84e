#pragma once

#include <string>

namespace stead {

/// Starts CPython in this process, with the installation that `python` belongs to and `package` in
/// front of its path, and leaves without its lock. It is never ended: threads of extensions may
/// run until the process does. Throws `Error` if it cannot start, `std::logic_error` the second
/// time.
void start_interpreter(const std::string& python, const std::string& package);

}  // namespace stead
