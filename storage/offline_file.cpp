#include "storage/offline_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "storage/disk_file.h"
#include "storage/sqlite_error.h"
#include "storage/sqlite_runtime.h"

namespace stead {

namespace {

// SQLite's lock bytes: see "File Locking" in its documentation of the file format.
constexpr off_t lock_start = 0x40000000;
constexpr off_t lock_bytes = 512;

Error in_use(const std::string& path, long pid) {
  return Error(ErrorCode::storage,
               path + " is in use by a running server" +
                   (pid > 0 ? " (pid " + std::to_string(pid) + ")" : std::string()) +
                   ": stop the server, or ask the server itself");
}

Result<void> check_free(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return Error(ErrorCode::storage, "there is no file " + path);
    return Error(ErrorCode::storage, "cannot open " + path + ": " + std::strerror(errno));
  }
  struct flock wanted{};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  wanted.l_start = lock_start;
  wanted.l_len = lock_bytes;
  const int result = ::fcntl(file, F_GETLK, &wanted);
  ::close(file);
  if (result == 0 && wanted.l_type != F_UNLCK) return in_use(path, wanted.l_pid);
  return {};
}

/// A path as SQLite reads it in a URI.
std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr const char* digits = "0123456789ABCDEF";
      uri += '%';
      uri += digits[static_cast<unsigned char>(c) >> 4];
      uri += digits[static_cast<unsigned char>(c) & 15];
    } else {
      uri += c;
    }
  }
  return uri;
}

}  // namespace

OfflineFile::OfflineFile(sqlite3* handle, std::string path)
    : handle_(handle), path_(std::move(path)) {}

OfflineFile::OfflineFile(OfflineFile&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)) {}

OfflineFile::~OfflineFile() { sqlite3_close(handle_); }

Error OfflineFile::failure(int code) const {
  if ((code & 0xff) == SQLITE_BUSY) return in_use(path_, 0);
  const auto text = sqlite_error_text(handle_, code);
  return sqlite_error(code, path_ + ": " + text);
}

Result<OfflineFile> OfflineFile::open(const std::string& path, Access access) {
  sqlite_runtime_setup();
  const auto is_free = check_free(path);
  if (!is_free.ok()) return is_free.error();
  const bool whole =
      access == Access::read && file_size(path + "-wal") == 0 && file_size(path + "-journal") == 0;
  sqlite3* handle = nullptr;
  const auto uri = uri_of(path) + (whole ? "?immutable=1" : "");
  const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
                    (whole ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  int code = sqlite3_open_v2(uri.c_str(), &handle, flags, nullptr);
  OfflineFile file(handle, path);
  if (code == SQLITE_OK) {
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
    // Reads the header and puts the file in order, so that what is wrong shows here.
    code = sqlite3_exec(handle,
                        whole ? "SELECT count(*) FROM sqlite_schema"
                              : "PRAGMA locking_mode=EXCLUSIVE;SELECT count(*) FROM sqlite_schema",
                        nullptr, nullptr, nullptr);
  }
  if (code == SQLITE_OK && access == Access::read) {
    code = sqlite3_exec(handle, "PRAGMA query_only=1", nullptr, nullptr, nullptr);
  }
  if (code != SQLITE_OK) return file.failure(code);
  return file;
}

}  // namespace stead
