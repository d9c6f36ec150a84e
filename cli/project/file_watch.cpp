#include "cli/project/file_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "cli/text.h"

namespace stead {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t interest = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                   IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK;

bool is_source(const std::string& name) {
  if (name.starts_with(".")) return name.starts_with(".dev.vars") || name.starts_with(".env");
  if (name.starts_with("#") || name.ends_with("~") || name == "4913") return false;
  for (const auto* suffix : {".pyc", ".pyo", ".swp", ".swx", ".tmp", ".log", ".sqlite", ".sqlite3",
                             ".db", "-journal", "-wal", "-shm"}) {
    if (name.ends_with(suffix)) return false;
  }
  return true;
}

bool has_sources(const fs::path& folder) {
  const auto name = folder.filename().string();
  std::error_code ignored;
  return !name.starts_with(".") && name != "__pycache__" && name != "node_modules" &&
         !fs::exists(folder / "pyvenv.cfg", ignored);
}

}  // namespace

FileWatch::FileWatch(const std::vector<std::string>& folders,
                     const std::vector<std::string>& without)
    : inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (inotify_ < 0) throw std::system_error(errno, std::generic_category(), "inotify");
  for (const auto& path : without) without_.push_back(fs::weakly_canonical(path));
  for (const auto& path : folders) watch(path);
}

FileWatch::~FileWatch() { ::close(inotify_); }

bool FileWatch::is_left_out(const fs::path& folder) const {
  std::error_code ignored;
  return std::ranges::find(without_, fs::weakly_canonical(folder, ignored)) != without_.end();
}

void FileWatch::watch(const fs::path& folder) {
  std::error_code error;
  if (is_left_out(folder) || !fs::is_directory(folder, error)) return;
  const int number = inotify_add_watch(inotify_, folder.c_str(), interest);
  if (number < 0) {
    if (!std::exchange(told_, true)) {
      print_error("warning: changes in " + folder.string() +
                  " are not noticed: " + std::generic_category().message(errno) +
                  " (fs.inotify.max_user_watches bounds how many folders are watched)");
    }
    return;
  }
  // Watched before it is looked into, so that nothing is missed; a folder that comes twice has one
  // number.
  if (!folders_.emplace(number, folder).second) return;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error) && !entry.is_symlink(error) && has_sources(entry.path())) {
      watch(entry.path());
    }
  }
}

std::vector<std::string> FileWatch::changes() {
  std::vector<std::string> changed;
  alignas(inotify_event) std::array<char, 16'384> buffer;
  for (;;) {
    const auto size = ::read(inotify_, buffer.data(), buffer.size());
    if (size <= 0) return changed;
    for (const char* next = buffer.data(); next < buffer.data() + size;) {
      inotify_event event;
      std::memcpy(&event, next, sizeof event);
      const std::string name = event.len > 0 ? next + sizeof event : "";
      next += sizeof event + event.len;
      if (event.mask & IN_Q_OVERFLOW) changed.push_back("many files");
      if (event.mask & IN_IGNORED) folders_.erase(event.wd);
      const auto folder = folders_.find(event.wd);
      if (folder == folders_.end() || name.empty()) continue;
      const auto path = folder->second / name;
      if (event.mask & IN_ISDIR) {
        if (!has_sources(path) || is_left_out(path)) continue;
        if (event.mask & (IN_CREATE | IN_MOVED_TO)) watch(path);
      } else if (!is_source(name) || (event.mask & IN_CREATE)) {
        // A new file is told once it has been written.
        continue;
      }
      changed.push_back(path.string());
    }
  }
}

}  // namespace stead
