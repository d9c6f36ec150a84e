#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace stead {

/// Watches the source files below some folders. Not looked at: hidden folders, `__pycache__`,
/// `node_modules`, virtual environments, and what editors, Python and SQLite leave beside files.
///
/// Thread: one. Owner: the command. Fails: the constructor throws `std::system_error`; folders that
/// cannot be watched are told on stderr once.
class FileWatch final {
 public:
  /// `without` are folders to leave out, as those of data and of static files.
  FileWatch(const std::vector<std::string>& folders, const std::vector<std::string>& without);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  /// Readable when something may have changed.
  int descriptor() const { return inotify_; }
  /// What has changed since the last time.
  std::vector<std::string> changes();

 private:
  void watch(const std::filesystem::path& folder);
  bool is_left_out(const std::filesystem::path& folder) const;

  int inotify_;
  std::map<int, std::filesystem::path> folders_;
  std::vector<std::filesystem::path> without_;
  bool told_ = false;
};

}  // namespace stead
