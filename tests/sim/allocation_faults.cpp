#include "tests/sim/allocation_faults.h"

#include <sqlite3.h>

#include "base/check.h"

namespace stead::test::allocation_faults {

namespace {

sqlite3_mem_methods system_methods;
std::uint64_t counted = 0;
std::uint64_t failing = 0;
int pauses = 0;

bool fails() { return pauses == 0 && ++counted == failing; }

void* allocate(int size) { return fails() ? nullptr : system_methods.xMalloc(size); }

void* reallocate(void* memory, int size) {
  return fails() ? nullptr : system_methods.xRealloc(memory, size);
}

}  // namespace

void install() {
  CHECK(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_methods) == SQLITE_OK);
  auto methods = system_methods;
  methods.xMalloc = allocate;
  methods.xRealloc = reallocate;
  CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK);
}

void fail_at(std::uint64_t number) {
  counted = 0;
  failing = number;
}

std::uint64_t count() { return counted; }

Pause::Pause() { ++pauses; }
Pause::~Pause() { --pauses; }

}  // namespace stead::test::allocation_faults
