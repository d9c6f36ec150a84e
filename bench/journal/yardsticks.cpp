#include "bench/journal/yardsticks.h"

#include <sqlite3.h>

#include <cstring>
#include <random>
#include <stdexcept>

#include "storage/aligned_buffer.h"

namespace stead {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// Calls `one` for a while and takes its times.
template <class One>
Rate repeat(std::chrono::nanoseconds duration, One one) {
  Rate rate;
  const auto start = SteadyClock::now();
  auto now = start;
  while (now - start < duration) {
    one();
    const auto done = SteadyClock::now();
    rate.times.record(static_cast<std::uint64_t>((done - now).count()));
    now = done;
  }
  const std::chrono::duration<double> took = now - start;
  rate.per_second = static_cast<double>(rate.times.total()) / took.count();
  return rate;
}

}  // namespace

SqliteCounter::SqliteCounter(const std::string& path) {
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  require(sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr));
  for (const char* sql :
       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", CounterWorkload::schema}) {
    require(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
  }
  require(sqlite3_prepare_v3(handle_, CounterWorkload::update, -1, SQLITE_PREPARE_PERSISTENT,
                             &update_, nullptr));
}

SqliteCounter::~SqliteCounter() {
  sqlite3_finalize(update_);
  sqlite3_close(handle_);
}

void SqliteCounter::require(int code) const {
  if (code == SQLITE_OK) return;
  throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(handle_));
}

void SqliteCounter::increment() {
  require(sqlite3_bind_int64(update_, 1, 1));
  while (sqlite3_step(update_) == SQLITE_ROW) {
  }
  require(sqlite3_reset(update_));
}

Rate increment_at_random(std::vector<std::unique_ptr<SqliteCounter>>& counters,
                         std::chrono::nanoseconds duration) {
  std::mt19937_64 random(1);
  return repeat(duration, [&] { counters[random() % counters.size()]->increment(); });
}

Rate write_and_sync(const std::string& path, std::chrono::nanoseconds duration) {
  constexpr std::size_t blocks = 1'024;
  auto file = Disk::system().open(path, Disk::Mode::create_direct);
  AlignedBuffer buffer(Disk::block * blocks);
  std::memset(buffer.span().data(), 0, buffer.size());
  file->write(0, buffer.span());
  file->sync();
  std::uint64_t at = 0;
  return repeat(duration, [&] {
    file->write(at++ % blocks * Disk::block, buffer.span().first(Disk::block));
    file->sync();
  });
}

}  // namespace stead
