#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "storage/kv_value.h"

namespace stead {

class Database;
class StatementRun;

/// Which keys `Kv::list` gives. All bounds hold together.
struct KvListOptions {
  /// The first key, itself included. Not together with `start_after`.
  std::optional<std::string> start{};
  /// The key after which to begin.
  std::optional<std::string> start_after{};
  /// The key before which to stop.
  std::optional<std::string> end{};
  std::optional<std::string> prefix{};
  /// From the last to the first; `start` stays the smaller bound.
  bool reverse = false;
  std::optional<std::int64_t> limit{};
};

/// Values by key in an object's own database, in the table `_stead_kv(key, kind, value)`, which
/// any SQLite tool can read. Keys are ordered by their UTF-8 bytes. Shares the transaction of the
/// turn with SQL.
///
/// Thread: the object's turn. Lifetime: the object's storage. Fails: RangeError if key and value
/// are over 2 MiB together; TypeError for a value of another type than asked for, or options that
/// contradict each other; StorageError if the disk failed and the object is reset.
class Kv {
 public:
  using Entry = std::pair<std::string, KvValue>;
  static constexpr std::size_t bytes_max = 2 * 1024 * 1024;

  explicit Kv(Database& database) : database_(database) {}
  Kv(const Kv&) = delete;
  Kv& operator=(const Kv&) = delete;

  /// The value of a key, if there is one.
  std::optional<KvValue> get(std::string_view key);
  template <class T>
  std::optional<T> get(std::string_view key) {
    auto value = get(key);
    if (!value) return std::nullopt;
    return KvCodec<T>::read(std::move(*value), key);
  }
  /// Those that exist, in key order, each once.
  std::vector<Entry> get(std::span<const std::string> keys);

  template <class T>
  void put(std::string_view key, const T& value) {
    put_value(key, KvCodec<std::decay_t<const T&>>::write(value));
  }
  /// All or none.
  void put(std::span<const Entry> entries);

  /// Whether there was such a key.
  bool remove(std::string_view key);
  /// How many there were. All or none.
  std::size_t remove(std::span<const std::string> keys);

  /// The keys in a range with their values, in key order.
  std::vector<Entry> list(const KvListOptions& options = {});

 private:
  void put_value(std::string_view key, const KvValue& value);
  bool table_exists();
  void ensure_table();

  Database& database_;
  /// The `rollback_count` at which `table_exists_` was found out; then unknown again.
  std::uint64_t known_at_ = 0;
  bool table_exists_ = false;
};

}  // namespace stead
