#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/environment.h"
#include "runtime/task.h"
#include "storage/database.h"
#include "storage/kv.h"
#include "storage/sql.h"

namespace stead {

class Instance;

/// An object's private database. Everything written between two awaits is one transaction; nothing
/// leaves the object before it is durable.
///
/// Thread: the object's turn. Lifetime: the instance's.
class Storage {
 public:
  explicit Storage(Instance& instance) : instance_(instance) {}

  Sql& sql();
  Kv& kv();

  /// Runs `body` in a savepoint and gives what it gives. An exception undoes what `body` wrote, and
  /// is thrown on. Nests. `body` must not await.
  template <class Body>
  auto transaction_sync(Body&& body) {
    static_assert(!is_task<std::invoke_result_t<Body>>,
                  "transaction_sync takes a function that does not await");
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      auto run = [&] { body(); };
      in_savepoint([](void* context) { (*static_cast<decltype(run)*>(context))(); }, &run);
    } else {
      std::optional<std::invoke_result_t<Body>> result;
      auto run = [&] { result.emplace(body()); };
      in_savepoint([](void* context) { (*static_cast<decltype(run)*>(context))(); }, &run);
      return std::move(*result);
    }
  }

  using Unconfirmed = Database::UnconfirmedWrites;
  /// While what it gives lives, output does not wait for what is written: an answer may leave
  /// before its write is durable, and a crash then takes the write back. If the write fails, the
  /// object is reset all the same. For what can be lost, such as a last-seen time.
  [[nodiscard]] Unconfirmed allow_unconfirmed();

  /// Done when everything written before, confirmed or not, is durable. Output is held by itself;
  /// this is for code that must know.
  Task<void> sync();

  /// The point in history after the last turn that ended: what this turn has written is not in it.
  /// Bookmarks compare as texts like the points that they name. All of these throw `StorageError`
  /// if `history.keep` is not set.
  std::string current_bookmark();
  /// The point in history at a time. Throws `RangeError` if history does not go back that far, or
  /// the time is in the future.
  Task<std::string> bookmark_for_time(WallTime time);
  /// The next instance finds everything as it was at a bookmark: call `State::abort` afterwards.
  /// Gives the bookmark that leads back to the state before. Throws `RangeError` if history does
  /// not go back that far, or the object did not exist.
  Task<std::string> on_next_start_restore_bookmark(std::string bookmark);

  /// Removes everything: tables, keys, the file. Refused inside `transaction_sync`.
  void delete_all();

  /// Bytes in use: pages that are not on the free list.
  std::int64_t database_size();

 private:
  void in_savepoint(void (*body)(void*), void* context);

  Instance& instance_;
};

}  // namespace stead
