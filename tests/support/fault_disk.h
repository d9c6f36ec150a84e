#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/disk.h"

namespace stead::test {

/// The machine's disk, whose operations are counted and fail when a test says so. It loses nothing:
/// what was done stays done, and syncs are counted only.
///
/// Thread: one. Owner: the test; outlives the files.
class FaultDisk final : public Disk {
 public:
  /// What changes the disk.
  enum class Operation : std::uint8_t {
    open,
    write,
    resize,
    sync,
    remove,
    rename,
    make_folders,
    sync_folder,
    sync_all,
  };

  /// Called before each operation, with the path; may throw.
  std::function<void(Operation, const std::string&)> before{};
  /// From now on the operation with this index, counted from 0, and all that follow fail.
  void fail_from(std::size_t operation);
  /// All operations of this kind fail, until `heal`.
  void fail(Operation operation, DiskError::Kind kind);
  void heal() { before = nullptr; }

  std::size_t count(Operation operation) const {
    return counts_[static_cast<std::size_t>(operation)];
  }

  std::unique_ptr<DiskFile> open(const std::string& path, Mode mode) override;
  std::unique_ptr<DiskFile> open_locked(const std::string& path, Mode mode) override;
  bool exists(const std::string& path) override;
  bool remove(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  void make_folders(const std::string& path) override;
  void sync_folder(const std::string& path) override;
  std::vector<std::string> list(const std::string& path) override;
  void sync_all(const std::string& folder) override;

 private:
  class File;
  void enter(Operation operation, const std::string& path);

  Disk& disk_ = Disk::system();
  std::array<std::size_t, 9> counts_{};
};

}  // namespace stead::test
