#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "storage/disk.h"
#include "storage/memory_wal.h"
#include "storage/transaction.h"

namespace stead {

/// The content of one object's database, in three layers: the file on disk; over it pages that are
/// durable but not in the file yet; over them the write-ahead log of the open connection. SQLite
/// sees the first two as its database file, through our VFS.
///
/// Invariant: the file receives only what is durable in the journal. Until then a commit lives in
/// memory, where a failed one can be taken back.
///
/// An object that has no file begins with a prepared image as its middle layer.
///
/// Thread: the object's. Owner: its `ObjectStore`. Fails: StorageError.
class ObjectFile final {
 public:
  struct Config {
    Disk& disk;
    std::string path{};
    std::string class_name{};
    MemoryWal::Limits wal{};
    /// Record former images too, for history.
    bool undoable = false;
    /// From this size on, a transaction's record is kept in a file without a name.
    std::size_t transaction_memory = 4 << 20;
  };

  explicit ObjectFile(Config config);
  ObjectFile(const ObjectFile&) = delete;
  ObjectFile& operator=(const ObjectFile&) = delete;

  /// Opens the file on disk, or throws.
  void open_file();
  /// Begins without a file, with this image of a database, which must outlive it.
  void open_image(std::span<const std::uint8_t> image);
  bool is_open() const { return file_ || unborn_; }
  /// Whether it has no file and no commit yet: it leaves no trace.
  bool unborn() const { return unborn_ && !created_; }
  /// Whether there is a file on disk, complete or not.
  bool on_disk() const { return file_ != nullptr; }

  // As SQLite's database file.

  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> into);
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  void truncate(std::uint64_t size);
  std::uint64_t size();
  MemoryWal& wal() { return wal_; }

  // Commits.

  /// The connection has committed: the log has this many frames.
  void committed(std::size_t frames) { wal_.commit(frames); }
  /// Whether there are commits that `capture` has not taken.
  bool uncaptured() const { return captured_ < wal_.committed(); }
  /// All that was committed since the last capture, as one transaction, numbered by the object.
  Transaction capture(std::uint64_t sequence);
  /// The end of all that was captured, as one transaction: what was not is forgotten.
  Transaction remove();
  /// Captured transactions whose outcome is not known.
  bool pending() const { return !pending_.empty(); }
  void durable(std::uint64_t sequence);
  /// Bytes of page images in memory.
  std::size_t memory() const { return wal_.memory() + own_pages_ * page_size_; }
  /// Whether there is something that the file on disk lacks.
  bool behind() const { return wal_.committed() > 0 || !overlay_.empty(); }

  /// Moves the middle layer into the file, so that the log can follow. Requires `!pending()`.
  void flush();
  /// The connection's checkpoint is complete: the next images do not build on former ones.
  void checkpointed();
  /// Takes what is durable of the log into the middle layer and forgets the rest: the connection is
  /// closed.
  void fold();
  /// Closes the file on disk. What is not in it is forgotten.
  void close();

  const Config& config() const { return config_; }

 private:
  /// A page of the middle layer: its own, or one of the prepared image.
  struct Page {
    const std::uint8_t* image;
    std::unique_ptr<std::uint8_t[]> own{};
  };
  struct Pending {
    std::uint64_t sequence;
    std::size_t frames;
  };
  class Recorder;

  std::uint32_t pages();
  std::span<const std::uint8_t> former_image(std::uint32_t page, std::vector<std::uint8_t>& buffer);
  /// Records these frames of the log, and makes them the newest of their pages.
  void record(std::size_t begin, std::size_t end, std::uint64_t sequence, Transaction& out);
  void create_file();
  void put(std::uint32_t page, std::span<const std::uint8_t> image);

  const Config config_;
  MemoryWal wal_;
  std::unique_ptr<DiskFile> file_;
  /// There is no file on disk.
  bool unborn_ = false;
  /// The first commit of an object without a file was captured, and is durable.
  bool created_ = false;
  bool born_ = false;
  std::size_t page_size_ = 0;
  std::map<std::uint32_t, Page> overlay_;
  /// Pages of the middle layer that are its own.
  std::size_t own_pages_ = 0;
  /// Pages of the database as far as the two lower layers go, if the file does not say.
  std::optional<std::uint32_t> pages_;
  /// Pages of the file on disk, once asked for: SQLite asks at each read while its log is empty.
  std::optional<std::uint32_t> file_pages_;
  std::size_t captured_ = 0;
  /// Pages after the last captured commit.
  std::optional<std::uint32_t> captured_pages_;
  std::deque<Pending> pending_;
  std::size_t durable_frames_ = 0;
};

}  // namespace stead
