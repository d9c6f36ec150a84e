#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

struct sqlite3;

namespace stead {

/// A connection to an object's file while no server has it open: for the command line. Reads a
/// clean file without touching it; one beside which another program has left a log or a rollback
/// journal is put in order first.
///
/// Not for the process that serves the object: closing any descriptor of the file would drop the
/// server's lock. Thread: one.
class OfflineFile final {
 public:
  enum class Access : std::uint8_t { read, write };

  /// An error if there is no such file, or if a running server has it open.
  static Result<OfflineFile> open(const std::string& path, Access access);
  OfflineFile(OfflineFile&& other) noexcept;
  OfflineFile& operator=(OfflineFile&&) = delete;
  ~OfflineFile();

  sqlite3* handle() const { return handle_; }
  /// SQLite's text for its last failure, with the path.
  Error failure(int code) const;

 private:
  OfflineFile(sqlite3* handle, std::string path);

  sqlite3* handle_;
  std::string path_;
};

}  // namespace stead
