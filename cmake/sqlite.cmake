# SQLite as a part of each program, where the distribution has it as an archive that can be linked:
# its calls then need no detour, and a statement takes a sixth less time than with the shared
# library (docs/benchmarks.md). A shared object of ours uses the shared library, as Python's own
# sqlite3 does.
include(CheckCXXSourceCompiles)
find_library(STEAD_SQLITE_ARCHIVE libsqlite3.a HINTS ${sqlite3_LIBDIR} NO_DEFAULT_PATH)
set(STEAD_SQLITE_STATIC ${STEAD_SQLITE_ARCHIVE} ${CMAKE_DL_LIBS} Threads::Threads m)
if(STEAD_SQLITE_ARCHIVE)
  set(CMAKE_REQUIRED_LIBRARIES ${STEAD_SQLITE_STATIC})
  check_cxx_source_compiles("
#include <sqlite3.h>
int main() { return sqlite3_initialize(); }" STEAD_SQLITE_ARCHIVE_LINKS)
  unset(CMAKE_REQUIRED_LIBRARIES)
endif()

add_library(stead_sqlite INTERFACE)
target_include_directories(stead_sqlite INTERFACE ${sqlite3_INCLUDE_DIRS})
if(STEAD_SQLITE_ARCHIVE_LINKS)
  set(is_program $<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>)
  target_link_libraries(stead_sqlite INTERFACE
    "$<${is_program}:${STEAD_SQLITE_STATIC}>"
    $<$<NOT:${is_program}>:PkgConfig::sqlite3>)
else()
  target_link_libraries(stead_sqlite INTERFACE PkgConfig::sqlite3)
endif()
