#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/disk.h"
#include "tests/sim/seeded.h"
#include "tests/sim/simulated_contents.h"
#include "tests/sim/simulated_names.h"

namespace stead::test {

/// The power is gone. Every operation throws it until `SimulatedDisk::restart`, so that code that
/// takes it for an ordinary failure, or destructors on the way, change nothing any more.
class SimulatedCrash final : public DiskError {
 public:
  SimulatedCrash() : DiskError(Kind::failed, "the simulated machine has crashed") {}
};

/// A disk in memory, whose crashes and faults follow from a seed. What is volatile and what is
/// durable: `SimulatedContents`, `SimulatedNames`.
///
/// Numbers of operations count from 1, from now: 1 is the next one. Looking (`exists`, `size`) is
/// no operation and never fails.
/// Thread: one. Outlives its open files; those of before a crash only throw.
class SimulatedDisk final : public Disk {
 public:
  using Kind = DiskError::Kind;

  explicit SimulatedDisk(std::uint64_t seed) : seed_(seed) {}

  // Faults. Each stays until it has happened, or for good where it says so, or until `heal`.

  void fail_at(std::uint64_t number, Kind kind) { fail_ = {number, kind, false}; }
  /// For good.
  void fail_from(std::uint64_t number, Kind kind) { fail_ = {number, kind, true}; }
  /// Writes to paths that contain this text, for good.
  void fail_writes_to(std::string text, Kind kind) { writes_fail_ = {std::move(text), kind}; }
  /// Counts syncs of files only. Some of what was to be synced is then lost or not, for good.
  void fail_sync_at(std::uint64_t number) { fail_sync_ = number; }
  /// No file may grow beyond this sum of sizes; for good.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  /// The write goes to another place in its file. Counts writes to paths that contain this text.
  void misdirect_write_at(std::uint64_t number, std::string text = {}) {
    misdirect_ = number;
    misdirect_text_ = std::move(text);
  }
  void crash_at(std::uint64_t number) { crash_ = number; }
  void heal();

  /// The power goes now.
  void crash() { crashed_ = true; }
  bool crashed() const { return crashed_; }
  /// The power comes back: keeps what is durable, and of the rest what the seed says.
  void restart();
  /// Only the process has died: everything is kept, but open files of before are dead.
  void restart_process();
  /// Damages a file, for good. Requires that it has this byte.
  void flip_bit(const std::string& path, std::uint64_t offset, unsigned bit);

  // What a test may look at.

  struct Counters {
    std::uint64_t operations = 0;
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t syncs = 0;
    std::uint64_t bytes_written = 0;
    /// Faults that have happened; crashes are none.
    std::uint64_t failures = 0;
    std::uint64_t misdirected = 0;
  };
  const Counters& counters() const { return counters_; }
  /// Every file's path, sorted.
  std::vector<std::string> paths() const;
  /// What a file holds now.
  Bytes contents(const std::string& path) const;
  std::uint64_t used() const;

  std::unique_ptr<DiskFile> open(const std::string& path, Mode mode) override;
  std::unique_ptr<DiskFile> open_locked(const std::string& path, Mode mode) override {
    return open(path, mode);
  }
  bool exists(const std::string& path) override;
  bool remove(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  void make_folders(const std::string& path) override;
  void sync_folder(const std::string& path) override;
  std::vector<std::string> list(const std::string& path) override;
  void sync_all(const std::string& folder) override;

 private:
  class File;
  /// Whether an operation needs room, and so can find the disk full.
  enum class Needs : std::uint8_t { nothing, room };
  struct Due {
    std::uint64_t number = 0;
    Kind kind = Kind::failed;
    bool for_good = false;
  };
  struct WritesFail {
    std::string text;
    Kind kind;
  };

  /// Counts an operation. The failure that is due, if one is.
  std::optional<Kind> begin(Needs needs);
  /// The same; throws it.
  void run(Needs needs, const std::string& what);
  [[noreturn]] static void fail(Kind kind, const std::string& what);
  /// Counts down to a fault's operation: true when it has come.
  static bool comes(std::uint64_t& number) { return number != 0 && --number == 0; }
  void require_power() const {
    if (crashed_) throw SimulatedCrash();
  }
  bool has_room(const SimulatedContents& file, std::uint64_t new_size) const;

  Seeded seed_;
  SimulatedNames names_;
  Counters counters_;
  bool crashed_ = false;
  /// How often the power has come back: files of an earlier life are dead.
  std::uint64_t life_ = 0;

  Due fail_;
  std::optional<WritesFail> writes_fail_;
  std::uint64_t fail_sync_ = 0;
  std::uint64_t misdirect_ = 0;
  std::string misdirect_text_;
  std::uint64_t crash_ = 0;
  std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace stead::test
