#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"

namespace stead {

class Database;

/// What every object of a class begins with: our own tables and the class's migrations, built once
/// and shared as bytes, so that a new object runs no schema statement.
///
/// Thread: one. Owner: whoever opens stores; outlives them.
class EmptyDatabase final {
 public:
  /// `migrations` are SQL scripts: number i brings a database from version i to i + 1. They must
  /// outlive it.
  EmptyDatabase(std::string class_name, std::span<const std::string> migrations)
      : class_name_(std::move(class_name)), migrations_(migrations) {}
  EmptyDatabase(const EmptyDatabase&) = delete;
  EmptyDatabase& operator=(const EmptyDatabase&) = delete;

  const std::string& class_name() const { return class_name_; }
  std::int64_t version() const { return static_cast<std::int64_t>(migrations_.size()); }
  /// The bytes of the database file. Throws SqlError if a migration fails.
  std::span<const std::uint8_t> image();
  /// Applies the migrations from a version on, within the database's transaction. Throws SqlError,
  /// with the transaction rolled back.
  void migrate(Database& database, std::int64_t from) const;

 private:
  const std::string class_name_;
  const std::span<const std::string> migrations_;
  Bytes image_;
};

}  // namespace stead
