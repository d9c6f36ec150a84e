#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stead {

/// Tells whether a file is still the one that it was.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;

  static FileStamp of(const struct stat& status);
  bool operator==(const FileStamp&) const = default;
};

/// A file of the folder, as it was when found. Immutable.
class AssetFile final {
 public:
  AssetFile(std::string name, FileStamp stamp, int file)
      : name_(std::move(name)), stamp_(stamp), file_(file) {}
  AssetFile(std::string name, FileStamp stamp, std::string content)
      : name_(std::move(name)), stamp_(stamp), content_(std::move(content)) {}
  ~AssetFile();
  AssetFile(const AssetFile&) = delete;
  AssetFile& operator=(const AssetFile&) = delete;

  const std::string& name() const { return name_; }
  const FileStamp& stamp() const { return stamp_; }
  std::uint64_t size() const { return static_cast<std::uint64_t>(stamp_.size); }
  /// A part of it. Nothing if it cannot be read, or has become shorter. Blocks.
  std::optional<std::string> read(std::uint64_t offset, std::uint64_t size) const;

 private:
  std::string name_;
  FileStamp stamp_;
  int file_ = -1;
  std::string content_;
};

/// The files below one folder. Small ones stay in memory and are looked at anew, but not read
/// anew, when they are asked for. Whatever symbolic links say, nothing outside of the folder is
/// given out.
///
/// Thread: one. Owner: a shard's listener. Fails: the constructor throws `Error` if there is no
/// such folder.
class AssetFolder final {
 public:
  static constexpr std::int64_t most_kept_of_file = 256 << 10;
  static constexpr std::int64_t most_kept = 8 << 20;

  explicit AssetFolder(std::string path);

  /// Null if there is no such regular file. `name` must be one of `asset_name`.
  std::shared_ptr<const AssetFile> find(const std::string& name);

 private:
  using Kept = std::list<std::shared_ptr<const AssetFile>>;

  std::shared_ptr<const AssetFile> open(const std::string& name, const std::string& path);
  bool is_inside(int file);
  void keep(const std::shared_ptr<const AssetFile>& file);
  void forget(Kept::iterator file);

  std::string path_;
  /// Without symbolic links.
  std::string real_path_;
  /// The last used first.
  Kept kept_;
  std::map<std::string, Kept::iterator, std::less<>> by_name_;
  std::int64_t kept_bytes_ = 0;
};

}  // namespace stead
