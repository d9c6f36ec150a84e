#include "gateway/asset_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <filesystem>

#include "base/error.h"

namespace stead {

namespace {

/// Empty if there is none.
std::string real_path_of(const std::string& path) {
  std::error_code error;
  auto real = std::filesystem::canonical(path, error);
  return error || !std::filesystem::is_directory(real, error) ? std::string() : real.string();
}

/// Where an open file really is, whatever its name was.
std::string path_of(int file) {
  std::array<char, PATH_MAX> path{};
  const auto link = "/proc/self/fd/" + std::to_string(file);
  const auto size = ::readlink(link.c_str(), path.data(), path.size());
  return size <= 0 ? std::string() : std::string(path.data(), static_cast<std::size_t>(size));
}

std::optional<std::string> read_file(int file, std::uint64_t offset, std::uint64_t size) {
  std::string text(size, '\0');
  std::uint64_t done = 0;
  while (done < size) {
    const auto count =
        ::pread(file, text.data() + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    done += static_cast<std::uint64_t>(count);
  }
  return text;
}

}  // namespace

FileStamp FileStamp::of(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = status.st_size,
          .seconds = status.st_mtim.tv_sec,
          .nanoseconds = status.st_mtim.tv_nsec};
}

AssetFile::~AssetFile() {
  if (file_ >= 0) ::close(file_);
}

std::optional<std::string> AssetFile::read(std::uint64_t offset, std::uint64_t size) const {
  if (file_ >= 0) return read_file(file_, offset, size);
  return content_.substr(offset, size);
}

AssetFolder::AssetFolder(std::string path)
    : path_(std::move(path)), real_path_(real_path_of(path_)) {
  if (real_path_.empty()) {
    throw TypeError("the folder of assets " + path_ +
                    " does not exist: create it, or name another");
  }
}

std::shared_ptr<const AssetFile> AssetFolder::find(const std::string& name) {
  const auto path = path_ + "/" + name;
  struct stat status{};
  const bool there = ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  if (const auto kept = by_name_.find(name); kept != by_name_.end()) {
    const auto position = kept->second;
    if (there && (*position)->stamp() == FileStamp::of(status)) {
      kept_.splice(kept_.begin(), kept_, position);
      return *position;
    }
    forget(position);
  }
  return there ? open(name, path) : nullptr;
}

std::shared_ptr<const AssetFile> AssetFolder::open(const std::string& name,
                                                   const std::string& path) {
  // What has taken the file's place meanwhile must not make this wait.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return nullptr;
  struct stat status{};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || !is_inside(file)) {
    ::close(file);
    return nullptr;
  }
  const auto stamp = FileStamp::of(status);
  if (stamp.size > most_kept_of_file) return std::make_shared<AssetFile>(name, stamp, file);
  auto content = read_file(file, 0, static_cast<std::uint64_t>(stamp.size));
  ::close(file);
  if (!content) return nullptr;
  auto found = std::make_shared<const AssetFile>(name, stamp, *std::move(content));
  keep(found);
  return found;
}

bool AssetFolder::is_inside(int file) {
  const auto path = path_of(file);
  if (path.starts_with(real_path_ + "/")) return true;
  // The folder's own name may be a link that now leads to another release.
  const auto now = real_path_of(path_);
  if (now.empty() || now == real_path_) return false;
  real_path_ = now;
  return path.starts_with(real_path_ + "/");
}

void AssetFolder::keep(const std::shared_ptr<const AssetFile>& file) {
  kept_.push_front(file);
  by_name_[file->name()] = kept_.begin();
  kept_bytes_ += file->stamp().size + static_cast<std::int64_t>(sizeof(AssetFile));
  while (kept_bytes_ > most_kept) forget(std::prev(kept_.end()));
}

void AssetFolder::forget(Kept::iterator file) {
  kept_bytes_ -= (*file)->stamp().size + static_cast<std::int64_t>(sizeof(AssetFile));
  by_name_.erase((*file)->name());
  kept_.erase(file);
}

}  // namespace stead
