#pragma once

namespace stead {

/// Sets SQLite up for this process: no locks inside a connection (each has one thread), no memory
/// statistics, and no block of pages allocated ahead for every connection, so that an open object
/// stays small. The first call counts, and must precede any other use of SQLite. Thread: any.
void sqlite_runtime_setup();

/// The version of SQLite's library, e.g. "3.40.1".
const char* sqlite_version();

}  // namespace stead
