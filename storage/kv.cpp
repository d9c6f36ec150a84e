#include "storage/kv.h"

#include <algorithm>
#include <array>
#include <limits>

#include "storage/database.h"
#include "storage/statement_run.h"

namespace stead {

namespace {

// `value` has no type, so that SQLite keeps each value as it came.
constexpr const char* create_table =
    "CREATE TABLE IF NOT EXISTS _stead_kv(key TEXT PRIMARY KEY, kind TEXT NOT NULL, value) "
    "WITHOUT ROWID";

/// By `reverse` and whether there is an upper bound.
constexpr const char* list_statements[2][2] = {
    {"SELECT key, kind, value FROM _stead_kv WHERE key >= ?1 ORDER BY key LIMIT ?2",
     "SELECT key, kind, value FROM _stead_kv WHERE key >= ?1 AND key < ?3 ORDER BY key LIMIT ?2"},
    {"SELECT key, kind, value FROM _stead_kv WHERE key >= ?1 ORDER BY key DESC LIMIT ?2",
     "SELECT key, kind, value FROM _stead_kv WHERE key >= ?1 AND key < ?3 ORDER BY key DESC "
     "LIMIT ?2"}};

constexpr std::array<const char*, 7> kinds{"null", "bool", "int", "real", "text", "blob", "json"};
constexpr std::array<const char*, 7> kind_words{"null",     "a bool", "an integer", "a double",
                                                "a string", "bytes",  "JSON"};

SqlView view_of(const KvValue& value) {
  return std::visit(
      [](const auto& held) {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, JsonText>) {
          return SqlView::of_text(held.text);
        } else {
          return sql_view(held);
        }
      },
      value);
}

KvValue read_value(std::string_view key, const SqlView& kind, const SqlView& value) {
  using Type = SqlView::Type;
  const auto name = kind.text();
  if (name == "null" && value.type == Type::null) return nullptr;
  if (name == "bool" && value.type == Type::integer) return value.integer != 0;
  if (name == "int" && value.type == Type::integer) return value.integer;
  if (name == "real" && value.type == Type::real) return value.real;
  // SQLite keeps no NaN: it becomes NULL.
  if (name == "real" && value.type == Type::null) return std::numeric_limits<double>::quiet_NaN();
  if (name == "text" && value.type == Type::text) return std::string(value.text());
  if (name == "json" && value.type == Type::text) return JsonText{std::string(value.text())};
  if (name == "blob" && value.type == Type::blob) {
    return Bytes(value.blob().begin(), value.blob().end());
  }
  throw StorageError("key " + std::string(key) + " holds a value that does not fit its kind " +
                     std::string(name) +
                     ": _stead_kv was changed by another program; put the key "
                     "again");
}

void check_size(std::string_view key, const KvValue& value) {
  const auto view = view_of(value);
  const auto bytes = key.size() + (view.data || view.size ? view.size : 8);
  if (bytes <= Kv::bytes_max) return;
  throw RangeError("key and value have " + std::to_string(bytes) + " bytes, over the limit of " +
                   std::to_string(Kv::bytes_max) + ": split the value over several keys");
}

/// The smallest key that is greater than every key with this prefix; nothing if there is none.
std::optional<std::string> end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace

void kv_wrong_type(const KvValue& value, std::string_view key, const char* wanted) {
  throw TypeError("key " + std::string(key) + " holds " + kind_words[value.index()] + ", but " +
                  wanted + " was asked for");
}

void kv_out_of_range(std::string_view key) {
  throw RangeError("key " + std::string(key) +
                   " holds an integer that does not fit the type that was asked for");
}

bool Kv::table_exists() {
  if (known_at_ != database_.rollback_count() || !database_.is_open()) {
    table_exists_ =
        database_.run_trusted("SELECT 1 FROM sqlite_schema WHERE name = '_stead_kv'").has_value();
    known_at_ = database_.rollback_count();
  }
  return table_exists_;
}

void Kv::ensure_table() {
  if (table_exists()) return;
  database_.run_trusted(create_table);
  table_exists_ = true;
}

std::optional<KvValue> Kv::get(std::string_view key) {
  if (!table_exists()) return std::nullopt;
  const std::array bindings{SqlView::of_text(key)};
  StatementRun run(database_, "SELECT kind, value FROM _stead_kv WHERE key = ?1", bindings,
                   Trust::trusted);
  if (!run.step()) return std::nullopt;
  return read_value(key, run.column(0), run.column(1));
}

std::vector<Kv::Entry> Kv::get(std::span<const std::string> keys) {
  std::vector<std::string> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<Entry> found;
  for (auto& key : sorted) {
    if (auto value = get(key)) found.emplace_back(std::move(key), std::move(*value));
  }
  return found;
}

void Kv::put_value(std::string_view key, const KvValue& value) {
  check_size(key, value);
  ensure_table();
  const std::array bindings{SqlView::of_text(key), SqlView::of_text(kinds[value.index()]),
                            view_of(value)};
  StatementRun run(database_, "REPLACE INTO _stead_kv(key, kind, value) VALUES(?1, ?2, ?3)",
                   bindings, Trust::trusted);
  run.step();
}

void Kv::put(std::span<const Entry> entries) {
  for (const auto& [key, value] : entries) check_size(key, value);
  if (entries.empty()) return;
  Savepoint savepoint(database_);
  for (const auto& [key, value] : entries) put_value(key, value);
  savepoint.release();
}

bool Kv::remove(std::string_view key) {
  if (!table_exists()) return false;
  const std::array bindings{SqlView::of_text(key)};
  StatementRun run(database_, "DELETE FROM _stead_kv WHERE key = ?1", bindings, Trust::trusted);
  const auto before = database_.total_changes();
  run.step();
  return database_.total_changes() != before;
}

std::size_t Kv::remove(std::span<const std::string> keys) {
  if (keys.empty() || !table_exists()) return 0;
  std::size_t count = 0;
  Savepoint savepoint(database_);
  for (const auto& key : keys) count += remove(key) ? 1 : 0;
  savepoint.release();
  return count;
}

std::vector<Kv::Entry> Kv::list(const KvListOptions& options) {
  if (options.start && options.start_after) {
    throw TypeError("list takes start or start_after, not both");
  }
  if (options.limit && *options.limit <= 0) {
    throw TypeError("the limit of list must be at least 1, not " + std::to_string(*options.limit));
  }
  std::string start = options.start.value_or("");
  if (options.start_after) start = *options.start_after + '\0';
  auto end = options.end;
  if (options.prefix) {
    start = std::max(start, *options.prefix);
    const auto prefix_end = end_of_prefix(*options.prefix);
    if (prefix_end && (!end || *prefix_end < *end)) end = prefix_end;
  }
  std::vector<Entry> entries;
  if ((end && start >= *end) || !table_exists()) return entries;
  const std::array bindings{SqlView::of_text(start),
                            SqlView::of_integer(options.limit.value_or(-1)),
                            end ? SqlView::of_text(*end) : SqlView{}};
  StatementRun run(database_, list_statements[options.reverse][end.has_value()],
                   std::span(bindings).first(end ? 3U : 2U), Trust::trusted);
  while (run.step()) {
    std::string key(run.column(0).text());
    auto value = read_value(key, run.column(1), run.column(2));
    entries.emplace_back(std::move(key), std::move(value));
  }
  return entries;
}

}  // namespace stead
