#pragma once

#include <string>

namespace stead {

class Database;

/// A query whose rows are not all read, known to its database, which must be able to end it: at the
/// end of a turn, and when the connection is closed.
///
/// Thread: the connection's.
class OpenCursor {
 public:
  virtual ~OpenCursor() { unlink(); }
  OpenCursor(const OpenCursor&) = delete;
  OpenCursor& operator=(const OpenCursor&) = delete;

 protected:
  OpenCursor() = default;

  /// Puts itself on the database's list.
  void link(Database& database);
  /// Takes itself off the list; nothing if it is not on it.
  void unlink() noexcept;
  bool linked() const { return database_ != nullptr; }

 private:
  friend class Database;

  /// Reads its rows into memory, and leaves the list, if whoever holds it allows for that.
  virtual void keep_rows() {}
  /// Gives the statement back and calls `unlink`; the next use throws a SqlError with this text.
  virtual void invalidate(const std::string& reason) = 0;

  Database* database_ = nullptr;
  OpenCursor* next_ = nullptr;
  OpenCursor* previous_ = nullptr;
};

}  // namespace stead
