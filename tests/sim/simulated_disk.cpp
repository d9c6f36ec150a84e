#include "tests/sim/simulated_disk.h"

#include <utility>

#include "base/check.h"

namespace stead::test {

/// An open file.
class SimulatedDisk::File final : public DiskFile {
 public:
  File(SimulatedDisk& disk, std::string path, SimulatedNames::File contents, Mode mode)
      : disk_(disk),
        path_(std::move(path)),
        contents_(std::move(contents)),
        mode_(mode),
        life_(disk.life_) {}

  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    require_life();
    disk_.run(Needs::nothing, "read " + path_);
    ++disk_.counters_.reads;
    return contents_->read(offset, into);
  }

  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    require_life();
    require_writable();
    if (mode_ == Mode::create_direct) {
      CHECK(offset % block == 0 && bytes.size() % block == 0);
      CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % block == 0);
    }
    auto failure = disk_.begin(Needs::room);
    ++disk_.counters_.writes;
    if (disk_.writes_fail_ && path_.find(disk_.writes_fail_->text) != path_.npos) {
      failure = disk_.writes_fail_->kind;
    }
    if (!failure && !disk_.has_room(*contents_, offset + bytes.size())) failure = Kind::full;
    if (failure || disk_.crashed_) {
      // Some of it may have arrived.
      if (failure != Kind::full && disk_.seed_.chance(50)) {
        contents_->write(offset, bytes.first(arrived(offset, bytes.size())));
      }
      disk_.require_power();
      SimulatedDisk::fail(*failure, "write " + path_);
    }
    disk_.counters_.bytes_written += bytes.size();
    const bool astray = path_.find(disk_.misdirect_text_) != path_.npos && comes(disk_.misdirect_);
    contents_->write(astray ? elsewhere(offset) : offset, bytes);
  }

  std::uint64_t size() override {
    require_life();
    return contents_->size();
  }

  void resize(std::uint64_t size) override {
    require_life();
    require_writable();
    disk_.run(size > contents_->size() ? Needs::room : Needs::nothing, "resize " + path_);
    if (!disk_.has_room(*contents_, size)) SimulatedDisk::fail(Kind::full, "resize " + path_);
    contents_->resize(size);
  }

  void sync() override {
    require_life();
    auto failure = disk_.begin(Needs::nothing);
    ++disk_.counters_.syncs;
    disk_.require_power();
    if (comes(disk_.fail_sync_) && !failure) {
      ++disk_.counters_.failures;
      failure = Kind::failed;
    }
    if (failure) {
      contents_->fail_sync(disk_.seed_);
      SimulatedDisk::fail(*failure, "sync " + path_);
    }
    contents_->sync();
  }

 private:
  void require_life() const {
    disk_.require_power();
    if (life_ != disk_.life_) throw SimulatedCrash();
  }
  void require_writable() const {
    if (mode_ == Mode::read) SimulatedDisk::fail(Kind::failed, "write what is open to read");
  }
  /// How much of a write that fails arrives: whole sectors.
  std::size_t arrived(std::uint64_t offset, std::size_t size) {
    constexpr auto sector = SimulatedContents::sector;
    const auto end = (offset + disk_.seed_.below(size + 1)) / sector * sector;
    return end > offset ? static_cast<std::size_t>(end - offset) : 0;
  }
  /// Another block of the file, or the one behind it.
  std::uint64_t elsewhere(std::uint64_t offset) {
    ++disk_.counters_.misdirected;
    const auto blocks = contents_->size() / block + 1;
    const auto other = disk_.seed_.below(blocks) * block;
    return other == offset ? offset + block : other;
  }

  SimulatedDisk& disk_;
  const std::string path_;
  const SimulatedNames::File contents_;
  const Mode mode_;
  const std::uint64_t life_;
};

void SimulatedDisk::heal() {
  fail_ = {};
  writes_fail_.reset();
  fail_sync_ = misdirect_ = crash_ = 0;
  capacity_ = std::numeric_limits<std::uint64_t>::max();
}

void SimulatedDisk::restart() {
  names_.crash(seed_);
  restart_process();
}

void SimulatedDisk::restart_process() {
  crashed_ = false;
  ++life_;
}

void SimulatedDisk::flip_bit(const std::string& path, std::uint64_t offset, unsigned bit) {
  const auto file = names_.find(path);
  CHECK(file);
  file->flip_bit(offset, bit);
}

std::vector<std::string> SimulatedDisk::paths() const {
  std::vector<std::string> paths;
  for (const auto& [path, file] : names_.files()) paths.push_back(path);
  return paths;
}

Bytes SimulatedDisk::contents(const std::string& path) const {
  const auto file = names_.find(path);
  CHECK(file);
  Bytes bytes(file->size());
  file->read(0, bytes);
  return bytes;
}

std::uint64_t SimulatedDisk::used() const {
  std::uint64_t sum = 0;
  for (const auto& [path, file] : names_.files()) sum += file->size();
  return sum;
}

bool SimulatedDisk::has_room(const SimulatedContents& file, std::uint64_t new_size) const {
  if (capacity_ == std::numeric_limits<std::uint64_t>::max() || new_size <= file.size()) {
    return true;
  }
  return used() + (new_size - file.size()) <= capacity_;
}

std::optional<SimulatedDisk::Kind> SimulatedDisk::begin(Needs needs) {
  require_power();
  ++counters_.operations;
  if (comes(crash_)) {
    crashed_ = true;
    return std::nullopt;
  }
  if (fail_.number == 0) return std::nullopt;
  if (fail_.number > 1) {
    --fail_.number;
    return std::nullopt;
  }
  const auto kind = fail_.kind;
  if (!fail_.for_good) fail_ = {};
  if (kind == Kind::full && needs == Needs::nothing) return std::nullopt;
  ++counters_.failures;
  return kind;
}

void SimulatedDisk::run(Needs needs, const std::string& what) {
  const auto failure = begin(needs);
  require_power();
  if (failure) fail(*failure, what);
}

void SimulatedDisk::fail(Kind kind, const std::string& what) {
  throw DiskError(kind, "cannot " + what + ": " +
                            (kind == Kind::full ? "no space left" : "input/output error"));
}

std::unique_ptr<DiskFile> SimulatedDisk::open(const std::string& path, Mode mode) {
  const bool creates = mode == Mode::create || mode == Mode::create_direct;
  run(creates && !names_.find(path) ? Needs::room : Needs::nothing, "open " + path);
  auto file = names_.find(path);
  if (!file) {
    if (!creates || !names_.has_folder(folder_of(path)) || names_.has_folder(path)) {
      throw DiskError(Kind::failed, "cannot open " + path + ": no such file");
    }
    file = names_.create(path);
  }
  return std::make_unique<File>(*this, path, std::move(file), mode);
}

bool SimulatedDisk::exists(const std::string& path) {
  require_power();
  return names_.find(path) != nullptr || names_.has_folder(path);
}

bool SimulatedDisk::remove(const std::string& path) {
  run(Needs::nothing, "remove " + path);
  if (!names_.find(path)) return false;
  names_.remove(path);
  return true;
}

void SimulatedDisk::rename(const std::string& from, const std::string& to) {
  run(Needs::room, "rename to " + to);
  if (!names_.find(from) || !names_.has_folder(folder_of(to))) {
    throw DiskError(Kind::failed, "cannot rename to " + to + ": no such file or folder");
  }
  names_.rename(from, to);
}

void SimulatedDisk::make_folders(const std::string& path) {
  run(Needs::room, "create the folder " + path);
  names_.make_folders(path);
}

void SimulatedDisk::sync_folder(const std::string& path) {
  run(Needs::nothing, "sync " + path);
  if (!names_.has_folder(path)) {
    throw DiskError(Kind::failed, "cannot sync " + path + ": no such folder");
  }
  names_.sync_folder(path);
}

std::vector<std::string> SimulatedDisk::list(const std::string& path) {
  run(Needs::nothing, "list " + path);
  return names_.list(path);
}

void SimulatedDisk::sync_all(const std::string& folder) {
  run(Needs::nothing, "sync all under " + folder);
  names_.sync_all();
}

}  // namespace stead::test
