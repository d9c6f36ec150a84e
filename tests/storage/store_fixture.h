#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/object_path.h"
#include "storage/object_store.h"
#include "tests/support/temporary_directory.h"

namespace stead::test {

/// One object of a class "Thing", open. Its commits are durable at once, unless a test asks for the
/// transaction.
class StoreTest : public ::testing::Test {
 protected:
  StoreTest() { reopen(); }

  ObjectStoreConfig config() {
    ObjectStoreConfig config{.disk = Disk::system(), .empty = *empty_};
    config.id.bytes[0] = 0xab;
    config.path = object_path(directory_.path(), "Thing", config.id);
    config.name = "alice";
    config.durability = durability_;
    config.sql_limits = sql_limits_;
    config.created = WallTime(std::chrono::milliseconds(1234));
    config.spill.memory = page_memory_;
    config.spill.path = directory_.path() + "/spill/thing";
    return config;
  }
  /// Leaves memory, with everything in the file, and comes back.
  void reopen() {
    if (store_) close();
    store_.reset();
    empty_ = std::make_unique<EmptyDatabase>("Thing", migrations_);
    store_ = std::make_unique<ObjectStore>(config());
  }
  std::string path() { return config().path; }
  bool exists(const std::string& suffix = "") { return std::filesystem::exists(path() + suffix); }

  /// Ends the turn; what it wrote is durable. True if it wrote something.
  bool commit() {
    auto transaction = store().commit(++sequence_);
    if (transaction) store().durable(sequence_);
    return transaction.has_value();
  }
  void delete_all() {
    if (store().delete_all(++sequence_)) store().durable(sequence_);
  }
  void close() {
    store().rollback();
    if (store().critical_error()) store().rebuild();
    store().checkpoint();
    store().close();
  }

  ObjectStore& store() { return *store_; }
  Sql& sql() { return store_->sql(); }
  Kv& kv() { return store_->kv(); }
  void run(std::string_view text) { sql().exec(text); }
  /// The text of the error that SQL gives; empty if none.
  std::string error_of(std::string_view text) {
    try {
      sql().exec(text).to_array();
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }
  std::int64_t number(std::string_view text) { return sql().one<std::int64_t>(text); }

  TemporaryDirectory directory_;
  std::vector<std::string> migrations_;
  Durability durability_ = Durability::journal;
  std::size_t page_memory_ = 8 << 20;
  std::uint64_t sequence_ = 0;
  SqlLimits sql_limits_ = SqlLimits::reference;
  std::unique_ptr<EmptyDatabase> empty_;
  std::unique_ptr<ObjectStore> store_;
};

/// The text of what `body` throws as an `E`; a failure if it throws nothing.
template <class E, class Body>
std::string thrown(Body&& body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace stead::test
