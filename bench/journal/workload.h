#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "storage/object_store.h"

namespace stead {

/// What the measured objects do in one transaction.
class Workload {
 public:
  virtual ~Workload() = default;
  virtual const char* name() const = 0;
  virtual const std::vector<std::string>& migrations() const = 0;
  /// Transactions that bring an object to the size at which it is measured.
  virtual std::size_t preparations() const { return 0; }
  virtual void prepare(ObjectStore&) {}
  /// One transaction; the commit is the caller's.
  virtual void write(ObjectStore& store) = 0;
  /// Bytes of the value or row that `write` changes.
  virtual std::size_t changed_bytes() const = 0;
};

/// Adds one to the only row of a table.
class CounterWorkload final : public Workload {
 public:
  static constexpr const char* schema =
      "CREATE TABLE counter(id INTEGER PRIMARY KEY, value INTEGER NOT NULL)";
  static constexpr const char* update =
      "INSERT INTO counter VALUES(1, ?1) "
      "ON CONFLICT(id) DO UPDATE SET value = value + ?1 RETURNING value";

  const char* name() const override { return "one-row counter"; }
  const std::vector<std::string>& migrations() const override;
  void write(ObjectStore& store) override;
  std::size_t changed_bytes() const override { return sizeof(std::int64_t); }
  static std::int64_t value(ObjectStore& store);
};

/// Appends a row of 100 bytes that do not compress.
class AppendWorkload final : public Workload {
 public:
  const char* name() const override { return "append of a 100-byte row"; }
  const std::vector<std::string>& migrations() const override;
  void write(ObjectStore& store) override;
  std::size_t changed_bytes() const override { return row_bytes; }

 private:
  static constexpr std::size_t row_bytes = 100;
  std::mt19937_64 random_{1};
};

/// Puts 1 KiB that does not compress under one of the object's keys, chosen at random.
class KvWorkload final : public Workload {
 public:
  explicit KvWorkload(std::size_t keys) : keys_(keys) {}
  const char* name() const override { return "1 KiB value at a random key"; }
  const std::vector<std::string>& migrations() const override;
  std::size_t preparations() const override { return keys_; }
  void prepare(ObjectStore& store) override { put(store, prepared_++ % keys_); }
  void write(ObjectStore& store) override { put(store, random_() % keys_); }
  std::size_t changed_bytes() const override { return value_bytes; }

 private:
  static constexpr std::size_t value_bytes = 1024;
  void put(ObjectStore& store, std::size_t key);

  const std::size_t keys_;
  std::size_t prepared_ = 0;
  std::mt19937_64 random_{1};
};

}  // namespace stead
