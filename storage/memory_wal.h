#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/disk.h"

namespace stead {

/// The write-ahead log of one SQLite connection (SQLite's file format, sections 4.1 and 4.2), held
/// in memory: SQLite writes frames to it as to a file.
///
/// It knows which frames are committed, and keeps of each page only what somebody may still need:
/// the newest committed image, the newest durable one, and whatever an open transaction has
/// written. Images beyond a bound go to a file without a name.
///
/// Thread: the object's. Owner: `ObjectFile`. Fails: DiskError, if a spill cannot be written.
class MemoryWal final {
 public:
  struct Limits {
    /// Bytes of page images kept in memory; the rest spills.
    std::size_t memory = 8 << 20;
    /// Where the spill file goes.
    std::string spill_path{};
  };

  MemoryWal(Disk& disk, Limits limits) : disk_(disk), limits_(std::move(limits)) {}

  // As a file, for SQLite.

  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> into);
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  void truncate(std::uint64_t size);
  std::uint64_t size() const;

  // As frames, counted from 0.

  /// Frames of all commits. A new transaction's follow.
  std::size_t committed() const { return committed_; }
  std::size_t page_size() const { return page_size_; }
  /// Bytes of page images that are held in memory.
  std::size_t memory() const { return memory_; }
  std::uint32_t page_of(std::size_t frame) const;
  /// Pages in the database after the commit that a frame ends; 0 if it ends none.
  std::uint32_t pages_after(std::size_t frame) const;
  /// The image in a frame: in place, or read into `buffer`.
  std::span<const std::uint8_t> image(std::size_t frame, std::vector<std::uint8_t>& buffer);
  /// Whether the image is still there.
  bool present(std::size_t frame) const { return frames_[frame].where != Where::none; }
  bool spilled(std::size_t frame) const { return frames_[frame].where == Where::spilled; }
  /// The frame with a page's newest committed image.
  std::optional<std::size_t> latest(std::uint32_t page) const;
  const std::unordered_map<std::uint32_t, std::size_t>& latest() const { return latest_; }

  /// A commit has made `frames` the number of frames. Returns the first of its frames.
  std::size_t commit(std::size_t frames);
  /// Makes a committed frame the newest of its page. The image that it replaces is dropped once
  /// `durable` is told of this commit.
  void adopt(std::size_t frame, std::uint64_t sequence);
  /// The database was cut off behind this page: a page that comes back has no former image.
  void cut_off(std::uint32_t pages);
  /// Commits up to `sequence` are durable.
  void durable(std::uint64_t sequence);
  /// Forgets everything.
  void clear();

 private:
  static constexpr std::size_t header_size = 32;
  static constexpr std::size_t frame_header_size = 24;

  enum class Where : std::uint8_t { none, memory, spilled };
  struct Frame {
    std::array<std::uint8_t, frame_header_size> header{};
    Where where = Where::none;
    std::unique_ptr<std::uint8_t[]> image{};
  };
  struct Superseded {
    std::uint64_t sequence;
    std::size_t frame;
  };

  void write_image(std::size_t index, std::size_t at, std::span<const std::uint8_t> bytes);
  void read_image(std::size_t index, std::size_t at, std::span<std::uint8_t> into);
  void drop(std::size_t index);
  DiskFile& spill();

  Disk& disk_;
  const Limits limits_;
  std::array<std::uint8_t, header_size> header_{};
  std::size_t page_size_ = 0;
  std::vector<Frame> frames_;
  std::size_t committed_ = 0;
  std::size_t memory_ = 0;
  std::unordered_map<std::uint32_t, std::size_t> latest_;
  std::deque<Superseded> superseded_;
  std::unique_ptr<DiskFile> spill_;
};

}  // namespace stead
