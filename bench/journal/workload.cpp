#include "bench/journal/workload.h"

#include "base/bytes.h"

namespace stead {

namespace {

Bytes random_bytes(std::mt19937_64& random, std::size_t count) {
  Bytes bytes(count);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

}  // namespace

const std::vector<std::string>& CounterWorkload::migrations() const {
  static const std::vector<std::string> scripts{schema};
  return scripts;
}

void CounterWorkload::write(ObjectStore& store) { store.sql().one<std::int64_t>(update, 1); }

std::int64_t CounterWorkload::value(ObjectStore& store) {
  return store.sql().one<std::int64_t>("SELECT coalesce(max(value), 0) FROM counter");
}

const std::vector<std::string>& AppendWorkload::migrations() const {
  static const std::vector<std::string> scripts{
      "CREATE TABLE entry(id INTEGER PRIMARY KEY, body BLOB NOT NULL)"};
  return scripts;
}

void AppendWorkload::write(ObjectStore& store) {
  store.sql().exec("INSERT INTO entry(body) VALUES(?)", random_bytes(random_, row_bytes));
}

const std::vector<std::string>& KvWorkload::migrations() const {
  static const std::vector<std::string> none;
  return none;
}

void KvWorkload::put(ObjectStore& store, std::size_t key) {
  store.kv().put("key-" + std::to_string(key), random_bytes(random_, value_bytes));
}

}  // namespace stead
