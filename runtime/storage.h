#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

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

  /// Removes everything: tables, keys, the file. Refused inside `transaction_sync`.
  void delete_all();

  /// Bytes in use: pages that are not on the free list.
  std::int64_t database_size();

 private:
  void in_savepoint(void (*body)(void*), void* context);

  Instance& instance_;
};

}  // namespace stead
