#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "bench/journal/writer.h"

struct sqlite3;
struct sqlite3_stmt;

namespace stead {

/// The counter of `CounterWorkload` in one database file of SQLite's own, opened with a write-ahead
/// log and `synchronous=FULL`, so that each increment is durable when it returns.
class SqliteCounter {
 public:
  explicit SqliteCounter(const std::string& path);
  ~SqliteCounter();
  SqliteCounter(const SqliteCounter&) = delete;
  SqliteCounter& operator=(const SqliteCounter&) = delete;
  void increment();

 private:
  void require(int code) const;
  sqlite3* handle_ = nullptr;
  sqlite3_stmt* update_ = nullptr;
};

/// Increments counters at random for a while.
Rate increment_at_random(std::vector<std::unique_ptr<SqliteCounter>>& counters,
                         std::chrono::nanoseconds duration);

/// Writes of one block past the page cache into a file that is long enough, each followed by
/// fdatasync: what one durable write costs at least.
Rate write_and_sync(const std::string& path, std::chrono::nanoseconds duration);

}  // namespace stead
