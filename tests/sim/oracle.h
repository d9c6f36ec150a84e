#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

struct sqlite3;

namespace stead::test {

/// What one object must hold: a plain SQLite database in memory, with none of our code, that runs
/// the same statements. Every commit since the last `settle` can be taken back, newest first.
///
/// Keys and values are in a table `_stead_kv(key, value)`. Commits are counted from 0, over the
/// whole life of the object. Thread: one.
class Oracle final {
 public:
  /// The class's migrations, all versions of them. Must outlive it.
  explicit Oracle(std::span<const std::string> migrations);
  ~Oracle();
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  // A turn. It begins by itself with the first of these.

  /// Brings the schema to a version, if it is behind.
  void migrate(std::size_t version);
  /// Whether the statement succeeded. One that failed has changed nothing.
  bool run(const std::string& sql);
  void put(std::string_view key, std::string_view value);
  void remove(std::string_view key);
  void begin_undone();
  void undo();
  /// `delete_all`.
  void clear();
  /// Takes back what this turn did.
  void drop_turn();
  /// `stored`: the object has a file afterwards.
  void commit_turn(bool stored);

  // Going back.

  std::uint64_t commits() const { return settled_ + history_.size(); }
  /// The smallest number of commits that `go_back` can go to.
  std::uint64_t settled() const { return settled_; }
  /// Takes back commits until there are so many. Requires that no turn is open.
  void go_back(std::uint64_t commits);
  /// Forgets how to go back.
  void settle();

  /// Whether the object has a file.
  bool stored() const { return now_.stored; }
  /// The result of a query as text.
  std::string query(const std::string& sql);
  /// Everything, as text.
  std::string dump();

 private:
  /// What is known beside the database.
  struct Known {
    std::size_t version = 0;
    bool stored = false;
  };

  void begin();
  void must(const std::string& sql);

  const std::span<const std::string> migrations_;
  sqlite3* handle_ = nullptr;
  Known now_;
  bool in_turn_ = false;
  /// As it was before the open turn, and before each commit that can be taken back.
  Known before_turn_;
  std::vector<Known> history_;
  std::uint64_t settled_ = 0;
};

/// The tables of a database that hold what an application wrote, as queries in the order of `dump`:
/// first that of the schema. Given the first's result, the rest.
extern const char* const schema_query;
extern const char* const tables_query;

/// What a database file holds, read by SQLite itself: as `Oracle::dump` has it. Begins with
/// "damaged" if SQLite finds it so.
std::string dump_file(Bytes contents);

}  // namespace stead::test
