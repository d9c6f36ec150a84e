#pragma once

#include "storage/database.h"

namespace stead {

/// Where a connection of Python's has its database: in an object, or by itself.
///
/// Thread: whoever holds the interpreter lock, and in an object's turn. Fails: StorageError if the
/// database cannot be used now.
class SqlHome {
 public:
  virtual ~SqlHome() = default;

  /// Asked for at every use, since an object's database may be closed and opened in between.
  virtual Database& database() = 0;
  /// Whether a statement outside `begin` is committed at once; in an object its turn does that.
  virtual bool commits_statements() const = 0;
  /// Commits what is open now. Requires no savepoint.
  virtual void flush() = 0;
  /// Whether other threads may use the same connection while a statement runs, so that it must keep
  /// the interpreter lock.
  virtual bool shared() const { return false; }
  /// Nothing is used any more.
  virtual void close() {}
};

/// A database in memory that nobody else sees, gone with its connection.
class PrivateSqlHome final : public SqlHome {
 public:
  PrivateSqlHome();
  Database& database() override;
  bool commits_statements() const override { return true; }
  void flush() override { database_.commit(); }
  bool shared() const override { return true; }
  void close() override { database_.close(); }

 private:
  Database database_;
};

}  // namespace stead
