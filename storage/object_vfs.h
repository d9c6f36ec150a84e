#pragma once

#include <string>

namespace stead {

class ObjectFile;

/// The SQLite VFS through which connections see an `ObjectFile` as a database and its log. Other
/// files (statement journals, sorters) are left to the default VFS.
namespace object_vfs {

/// Its name, for `sqlite3_open_v2`. Requires `sqlite_runtime_setup`.
extern const char* const name;

/// Makes it known to SQLite. Once for each process.
void setup();

/// The name under which a connection opens `file`, which must outlive the connection.
std::string database_name(ObjectFile& file);

}  // namespace object_vfs

}  // namespace stead
