#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "storage/disk.h"
#include "storage/disk_file.h"

namespace stead {

namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  const int code = errno;
  const auto kind =
      code == ENOSPC || code == EDQUOT ? DiskError::Kind::full : DiskError::Kind::failed;
  throw DiskError(kind, "cannot " + what + " " + path + ": " + std::strerror(code));
}

class PosixFile final : public DiskFile {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override { ::close(descriptor_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const auto count = ::pread(descriptor_, into.data() + done, into.size() - done,
                                 static_cast<off_t>(offset + done));
      if (count == 0) break;
      if (count > 0) {
        done += static_cast<std::size_t>(count);
      } else if (errno != EINTR) {
        fail("read", path_);
      }
    }
    return done;
  }

  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    for (std::size_t done = 0; done < bytes.size();) {
      const auto count = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                  static_cast<off_t>(offset + done));
      if (count > 0) {
        done += static_cast<std::size_t>(count);
      } else if (count == 0 || errno != EINTR) {
        if (count == 0) errno = ENOSPC;
        fail("write", path_);
      }
    }
  }

  std::uint64_t size() override {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) fail("look at", path_);
    return static_cast<std::uint64_t>(status.st_size);
  }

  void resize(std::uint64_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail("change the size of", path_);
  }

  void sync() override {
    if (::fdatasync(descriptor_) != 0) fail("sync", path_);
  }

 private:
  const int descriptor_;
  const std::string path_;
};

class PosixDisk final : public Disk {
 public:
  std::unique_ptr<DiskFile> open(const std::string& path, Mode mode) override {
    return std::make_unique<PosixFile>(open_descriptor(path, mode), path);
  }

  std::unique_ptr<DiskFile> open_locked(const std::string& path, Mode mode) override {
    const int descriptor = open_descriptor(path, mode);
    auto file = std::make_unique<PosixFile>(descriptor, path);
    // The bytes that SQLite itself locks: PENDING, RESERVED and SHARED. A lock of the description,
    // not of the process, so that closing another descriptor of the file keeps it.
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0x40000000;
    lock.l_len = 512;
    if (::fcntl(descriptor, F_OFD_SETLK, &lock) != 0) {
      if (errno != EAGAIN && errno != EACCES) fail("lock", path);
      throw StorageError("cannot open " + path +
                         ": another process has it open; close that and try again");
    }
    return file;
  }

  bool exists(const std::string& path) override { return file_exists(path); }

  bool remove(const std::string& path) override {
    if (::unlink(path.c_str()) == 0) return true;
    if (errno != ENOENT) fail("remove", path);
    return false;
  }

  void rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) fail("rename to", to);
  }

  void make_folders(const std::string& path) override {
    // Most often the folder, or at least the one above it, is there.
    auto end = path.size();
    while (end != 0 && end != path.npos && !file_exists(path.substr(0, end))) {
      end = path.rfind('/', end - 1);
    }
    if (end == path.npos) end = 0;
    for (auto next = end; next < path.size();) {
      next = std::min(path.find('/', next + 1), path.size());
      const auto part = path.substr(0, next);
      if (::mkdir(part.c_str(), 0777) != 0 && errno != EEXIST) fail("create the folder", part);
    }
  }

  void sync_folder(const std::string& path) override { sync_descriptor(path, ::fsync); }

  std::vector<std::string> list(const std::string& path) override {
    std::vector<std::string> names;
    DIR* folder = ::opendir(path.c_str());
    if (!folder) {
      if (errno == ENOENT) return names;
      fail("list", path);
    }
    while (const auto* entry = ::readdir(folder)) {
      if (entry->d_type != DT_DIR) names.emplace_back(entry->d_name);
    }
    ::closedir(folder);
    std::sort(names.begin(), names.end());
    return names;
  }

  void sync_all(const std::string& folder) override { sync_descriptor(folder, ::syncfs); }

 private:
  static int open_descriptor(const std::string& path, Mode mode) {
    int flags = O_CLOEXEC | (mode == Mode::read ? O_RDONLY : O_RDWR);
    if (mode == Mode::create || mode == Mode::create_direct) flags |= O_CREAT;
    int descriptor =
        ::open(path.c_str(), mode == Mode::create_direct ? flags | O_DIRECT : flags, 0666);
    // Some file systems, such as tmpfs, cannot pass by the page cache.
    if (descriptor < 0 && errno == EINVAL && mode == Mode::create_direct) {
      descriptor = ::open(path.c_str(), flags, 0666);
    }
    if (descriptor < 0) fail("open", path);
    return descriptor;
  }

  static int open_folder(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) fail("open", path);
    return descriptor;
  }

  static void sync_descriptor(const std::string& path, int (*sync)(int)) {
    const int descriptor = open_folder(path);
    const int result = sync(descriptor);
    const int code = errno;
    ::close(descriptor);
    errno = code;
    if (result != 0) fail("sync", path);
  }
};

}  // namespace

Disk& Disk::system() {
  static PosixDisk disk;
  return disk;
}

}  // namespace stead
