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

namespace stead::test {

/// A data directory of its own, removed afterwards.
class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stead-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDirectory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// One object of a class "Thing", open.
class StoreTest : public ::testing::Test {
 protected:
  StoreTest() { reopen(); }

  ObjectStoreConfig config() const {
    ObjectStoreConfig config;
    config.id.bytes[0] = 0xab;
    config.path = object_path(directory_.path(), "Thing", config.id);
    config.class_name = "Thing";
    config.name = "alice";
    config.migrations = migrations_;
    config.vfs = vfs_;
    config.created = WallTime(std::chrono::milliseconds(1234));
    return config;
  }
  void reopen() {
    store_.reset();
    store_ = std::make_unique<ObjectStore>(config());
  }
  std::string path() const { return config().path; }
  bool exists(const std::string& suffix = "") const {
    return std::filesystem::exists(path() + suffix);
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

  TempDirectory directory_;
  std::vector<std::string> migrations_;
  std::string vfs_;
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
