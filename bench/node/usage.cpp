#include "bench/node/usage.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "bench/node/page_cache_meter.h"

namespace stead {

namespace {

std::int64_t entries(const char* folder) {
  std::int64_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

}  // namespace

Usage Usage::now() {
  Usage usage;
  std::int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  usage.resident = pages * sysconf(_SC_PAGESIZE);
  const auto heap = mallinfo2();
  usage.heap = static_cast<std::int64_t>(heap.uordblks + heap.hblkhd);
  usage.page_cache = PageCacheMeter::bytes();
  // Reading the folder takes a descriptor of its own.
  usage.descriptors = entries("/proc/self/fd") - 1;
  usage.threads = entries("/proc/self/task");
  return usage;
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace stead
