#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "storage/disk.h"

namespace stead {

/// The machine's disk, with what is done to files in one folder counted and timed.
///
/// Thread: one at a time uses files of the folder.
class MeteredDisk final : public Disk {
 public:
  struct Meter {
    std::chrono::nanoseconds write_time{};
    std::chrono::nanoseconds sync_time{};
    std::uint64_t written = 0;
    std::uint64_t syncs = 0;
  };

  explicit MeteredDisk(std::string folder) : folder_(std::move(folder)) {}
  Meter& meter() { return meter_; }

  std::unique_ptr<DiskFile> open(const std::string& path, Mode mode) override;
  std::unique_ptr<DiskFile> open_locked(const std::string& path, Mode mode) override {
    return under_.open_locked(path, mode);
  }
  bool exists(const std::string& path) override { return under_.exists(path); }
  bool remove(const std::string& path) override { return under_.remove(path); }
  void rename(const std::string& from, const std::string& to) override { under_.rename(from, to); }
  void make_folders(const std::string& path) override { under_.make_folders(path); }
  void sync_folder(const std::string& path) override { under_.sync_folder(path); }
  std::vector<std::string> list(const std::string& path) override { return under_.list(path); }
  void sync_all(const std::string& folder) override { under_.sync_all(folder); }

 private:
  class File;
  Disk& under_ = Disk::system();
  const std::string folder_;
  Meter meter_;
};

}  // namespace stead
