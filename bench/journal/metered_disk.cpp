#include "bench/journal/metered_disk.h"

namespace stead {

namespace {

template <class Work>
std::chrono::nanoseconds time_of(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - start;
}

}  // namespace

class MeteredDisk::File final : public DiskFile {
 public:
  File(std::unique_ptr<DiskFile> under, Meter& meter) : under_(std::move(under)), meter_(meter) {}
  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    return under_->read(offset, into);
  }
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    meter_.write_time += time_of([&] { under_->write(offset, bytes); });
    meter_.written += bytes.size();
  }
  std::uint64_t size() override { return under_->size(); }
  void resize(std::uint64_t size) override { under_->resize(size); }
  void sync() override {
    meter_.sync_time += time_of([&] { under_->sync(); });
    ++meter_.syncs;
  }

 private:
  std::unique_ptr<DiskFile> under_;
  Meter& meter_;
};

std::unique_ptr<DiskFile> MeteredDisk::open(const std::string& path, Mode mode) {
  auto file = under_.open(path, mode);
  if (!path.starts_with(folder_)) return file;
  return std::make_unique<File>(std::move(file), meter_);
}

}  // namespace stead
