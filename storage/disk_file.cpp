#include "storage/disk_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace stead {

namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw StorageError("cannot " + what + " " + path + ": " + std::strerror(errno));
}

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

}  // namespace stead
