#include "storage/sqlite_runtime.h"

#include <sqlite3.h>

#include <mutex>

#include "storage/object_vfs.h"

namespace stead {

void sqlite_runtime_setup() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Refused if somebody has used SQLite before us; it then works all the same, a bit heavier.
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
    sqlite3_initialize();
    object_vfs::setup();
  });
}

const char* sqlite_version() { return sqlite3_libversion(); }

}  // namespace stead
