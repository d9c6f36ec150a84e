#include "tests/support/fault_disk.h"

#include <utility>

namespace stead::test {

class FaultDisk::File final : public DiskFile {
 public:
  File(FaultDisk& disk, std::unique_ptr<DiskFile> file, std::string path)
      : disk_(disk), file_(std::move(file)), path_(std::move(path)) {}

  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    return file_->read(offset, into);
  }
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    disk_.enter(Operation::write, path_);
    file_->write(offset, bytes);
  }
  std::uint64_t size() override { return file_->size(); }
  void resize(std::uint64_t size) override {
    disk_.enter(Operation::resize, path_);
    file_->resize(size);
  }
  void sync() override { disk_.enter(Operation::sync, path_); }

 private:
  FaultDisk& disk_;
  std::unique_ptr<DiskFile> file_;
  const std::string path_;
};

void FaultDisk::enter(Operation operation, const std::string& path) {
  ++counts_[static_cast<std::size_t>(operation)];
  if (before) before(operation, path);
}

void FaultDisk::fail_from(std::size_t operation) {
  before = [left = operation](Operation, const std::string& path) mutable {
    if (left == 0) throw DiskError(DiskError::Kind::failed, "planned failure: " + path);
    --left;
  };
}

void FaultDisk::fail(Operation operation, DiskError::Kind kind) {
  before = [operation, kind](Operation each, const std::string& path) {
    if (each == operation) throw DiskError(kind, "planned failure: " + path);
  };
}

std::unique_ptr<DiskFile> FaultDisk::open(const std::string& path, Mode mode) {
  if (mode != Mode::read) enter(Operation::open, path);
  return std::make_unique<File>(*this, disk_.open(path, mode), path);
}

std::unique_ptr<DiskFile> FaultDisk::open_locked(const std::string& path, Mode mode) {
  if (mode != Mode::read) enter(Operation::open, path);
  return std::make_unique<File>(*this, disk_.open_locked(path, mode), path);
}

bool FaultDisk::exists(const std::string& path) { return disk_.exists(path); }

bool FaultDisk::remove(const std::string& path) {
  enter(Operation::remove, path);
  return disk_.remove(path);
}

void FaultDisk::rename(const std::string& from, const std::string& to) {
  enter(Operation::rename, from);
  disk_.rename(from, to);
}

void FaultDisk::make_folders(const std::string& path) {
  enter(Operation::make_folders, path);
  disk_.make_folders(path);
}

void FaultDisk::sync_folder(const std::string& path) {
  enter(Operation::sync_folder, path);
  if (!disk_.exists(path)) throw DiskError(DiskError::Kind::failed, "there is no folder " + path);
}

std::vector<std::string> FaultDisk::list(const std::string& path) { return disk_.list(path); }

void FaultDisk::sync_all(const std::string& folder) { enter(Operation::sync_all, folder); }

}  // namespace stead::test
