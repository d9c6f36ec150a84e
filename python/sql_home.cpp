#include "python/sql_home.h"

namespace stead {

PrivateSqlHome::PrivateSqlHome() : database_(SqlLimits::native) { database_.open_memory(); }

Database& PrivateSqlHome::database() {
  // Nobody is reset with it: what SQLite undid as a whole is undone, and the next use begins anew.
  database_.clear_critical_error();
  return database_;
}

}  // namespace stead
