#include "storage/disk_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "storage/sqlite_error.h"

namespace stead {

namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw StorageError("cannot " + what + " " + path + ": " + std::strerror(errno));
}

/// A file opened through a VFS: closed and freed with it.
class VfsFile {
 public:
  VfsFile(sqlite3_vfs& vfs, const std::string& path)
      : name_(sqlite3_create_filename(path.c_str(), "", "", 0, nullptr)),
        memory_(std::make_unique<std::max_align_t[]>(
            static_cast<std::size_t>(vfs.szOsFile) / sizeof(std::max_align_t) + 1)),
        path_(path) {
    int flags = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    check(vfs.xOpen(&vfs, name_.get(), file(), flags, &flags));
  }
  ~VfsFile() { file()->pMethods->xClose(file()); }
  VfsFile(const VfsFile&) = delete;
  VfsFile& operator=(const VfsFile&) = delete;

  void write(std::span<const std::uint8_t> bytes, std::int64_t offset) {
    check(file()->pMethods->xWrite(file(), bytes.data(), static_cast<int>(bytes.size()), offset));
  }
  void sync() { check(file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY)); }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.get()); }
  void check(int code) {
    if (code == SQLITE_OK) return;
    throw StorageError("cannot write " + path_ + ": " + sqlite_error_text(nullptr, code));
  }

  struct Free {
    void operator()(const char* name) const { sqlite3_free_filename(const_cast<char*>(name)); }
  };
  std::unique_ptr<const char, Free> name_;
  std::unique_ptr<std::max_align_t[]> memory_;
  std::string path_;
};

}  // namespace

void sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail("open", path);
  const int result = ::fsync(folder);
  const int code = errno;
  ::close(folder);
  errno = code;
  if (result != 0) fail("sync", path);
}

void make_folders(const std::string& path) {
  // Most often the folder, or at least the one above it, is there.
  auto end = path.size();
  while (end != 0 && end != path.npos && !file_exists(path.substr(0, end))) {
    end = path.rfind('/', end - 1);
  }
  for (auto next = end; next < path.size();) {
    next = std::min(path.find('/', next + 1), path.size());
    const auto part = path.substr(0, next);
    if (::mkdir(part.c_str(), 0777) != 0 && errno != EEXIST) fail("create the folder", part);
  }
}

bool remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno != ENOENT) fail("remove", path);
  return false;
}

void rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail("rename to", to);
}

bool file_exists(const std::string& path) {
  // A file that may not be looked at is there: opening it will say what is wrong.
  return ::access(path.c_str(), F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

std::int64_t file_size(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_size : 0;
}

void write_file(const std::string& path, const std::string& vfs,
                std::span<const std::uint8_t> contents, bool sync) {
  remove_file(path);
  auto* system = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  if (!system) throw StorageError("there is no SQLite VFS named " + vfs);
  VfsFile file(*system, path);
  constexpr std::size_t piece = 64 * 1024;  // SQLite's own VFS writes less than 128 KiB at once.
  for (std::size_t offset = 0; offset < contents.size(); offset += piece) {
    file.write(contents.subspan(offset, std::min(piece, contents.size() - offset)),
               static_cast<std::int64_t>(offset));
  }
  if (sync) file.sync();
}

}  // namespace stead
