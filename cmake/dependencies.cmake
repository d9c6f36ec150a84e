# Libraries, all packaged by Debian 12, Debian 13 and Ubuntu. `./run` and `./test` install them.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
include(cmake/sqlite.cmake)
pkg_check_modules(lz4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)

# Takes malloc's place in programs: objects come and go, each with dozens of kilobytes in small
# pieces, which glibc gives back to the system and fetches again (docs/benchmarks.md has figures).
find_package(mimalloc REQUIRED)

find_program(STEAD_CCACHE ccache)
if(STEAD_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${STEAD_CCACHE})
endif()

# Debian's libcaf-dev brings no CMake package.
find_library(STEAD_CAF_CORE caf_core REQUIRED)
add_library(stead_caf INTERFACE)
target_link_libraries(stead_caf INTERFACE ${STEAD_CAF_CORE} Threads::Threads)
