#include "storage/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "base/bytes.h"
#include "storage/class_folders.h"
#include "storage/disk_file.h"
#include "storage/object_path.h"

namespace stead {

namespace {

using Key = std::array<std::uint8_t, 32>;

Error failure(const std::string& text) { return Error(ErrorCode::storage, text); }

Error system_failure(const std::string& what) {
  return failure(what + ": " + std::strerror(errno));
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<void> make_directory(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return {};
    return failure("the data directory " + path + " is not a directory: name another one");
  }
  if (errno == ENOTDIR) return failure("the data directory " + path + " lies below a file");
  if (errno != ENOENT) return system_failure("cannot look at the data directory " + path);
  if (::mkdir(path.c_str(), 0777) == 0) return {};
  if (errno == ENOENT) {
    return failure("cannot create the data directory " + path +
                   ": the directory above it does not exist; create it, or name another one");
  }
  return system_failure("cannot create the data directory " + path);
}

std::optional<Key> parse_key(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto bytes = from_hex(text);
  Key key{};
  if (!bytes || bytes->size() != key.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

/// Whole or not at all, even if the machine stops half-way.
Result<void> store_key(const std::string& folder, const std::string& path, const Key& key) {
  const auto temporary = path + ".tmp";
  ::unlink(temporary.c_str());
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return system_failure("cannot create " + temporary);
  const bool written = write_all(file, to_hex(key) + "\n") && ::fsync(file) == 0;
  const int code = errno;
  ::close(file);
  errno = code;
  if (!written) return system_failure("cannot write " + temporary);
  rename_file(temporary, path);
  sync_folder(folder);
  return {};
}

std::string key_path(const std::string& data_dir, std::string_view class_name) {
  return class_path(data_dir, class_name) + "/namespace.key";
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::string& path) {
  if (path.empty()) return failure("the data directory has no name: give one");
  const auto made = make_directory(path);
  if (!made.ok()) return made.error();
  const auto lock_path = path + "/LOCK";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock < 0) return system_failure("cannot write in the data directory " + path);
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_failure("cannot lock " + lock_path);
    auto holder = read_text(lock_path);
    if (const auto end = holder.find('\n'); end != holder.npos) holder.resize(end);
    return failure("the data directory " + path + " is in use by another process" +
                   (holder.empty() ? "" : " (pid " + holder + ")") +
                   ": stop it, or name another directory");
  }
  if (::ftruncate(lock, 0) != 0 || !write_all(lock, std::to_string(::getpid()) + "\n")) {
    return system_failure("cannot write " + lock_path);
  }
  try {
    make_folders(path + "/objects");
    sync_folder(path);
  } catch (const Error& error) {
    return error;
  }
  return directory;
}

DataDirectory::~DataDirectory() { ::close(lock_); }

Result<Key> DataDirectory::read_namespace_key(const std::string& data_dir,
                                              std::string_view class_name) {
  const auto path = key_path(data_dir, class_name);
  const auto key = parse_key(read_text(path));
  if (key) return *key;
  return failure(path + " cannot be read or does not hold 64 hexadecimal digits: restore it");
}

Result<Key> DataDirectory::namespace_key(std::string_view class_name, Random& random) {
  if (!is_class_name(class_name)) {
    return failure("the name " + std::string(class_name) +
                   " cannot name a class: use a letter, then at most 63 letters, digits and _");
  }
  const auto folder = class_path(path_, class_name);
  const auto path = key_path(path_, class_name);
  try {
    if (file_exists(path)) return read_namespace_key(path_, class_name);
    if (holds_objects(folder)) {
      return failure("the key file " + path +
                     " is missing while the class has stored objects; with "
                     "a new key all their ids would be orphaned: restore the file from a backup");
    }
    make_folders(folder);
    sync_folder(path_ + "/objects");
    Key key{};
    random.fill(key);
    const auto stored = store_key(folder, path, key);
    if (!stored.ok()) return stored.error();
    return key;
  } catch (const Error& error) {
    return error;
  }
}

}  // namespace stead
