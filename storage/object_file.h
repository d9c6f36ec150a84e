#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "storage/disk.h"
#include "storage/page_layer.h"
#include "storage/rollback_journal.h"
#include "storage/spill_file.h"
#include "storage/transaction.h"

namespace stead {

class RecordWriter;

/// The content of one object's database: the file on disk, and over it the pages that SQLite has
/// written since, in memory. SQLite sees both as its database file, through our VFS, and writes
/// pages when it commits, or when a transaction outgrows its page cache.
///
/// Invariant: the file receives only what is durable in the journal. Until then a commit lives in
/// memory, where a failed one can be taken back.
///
/// An object that has no file begins with the pages of a prepared image over nothing.
///
/// Thread: the object's. Owner: its `ObjectStore`. Fails: StorageError.
class ObjectFile final {
 public:
  struct Config {
    Disk& disk;
    std::string path{};
    std::string class_name{};
    SpillLimits spill{};
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
  /// One page, whole.
  void write(std::uint64_t offset, std::span<const std::uint8_t> page);
  void truncate(std::uint64_t size);
  std::uint64_t size();
  RollbackJournal& rollback_journal() { return rollback_journal_; }

  // Commits.

  /// The connection has committed. False if it has changed nothing.
  bool commit();
  /// The connection has rolled back: whatever it wrote since the last commit never was.
  void rollback();
  /// Whether there are commits that `capture` has not taken.
  bool uncaptured() const { return captured_ != committed_; }
  /// Pages that these have written, counted each time.
  std::uint64_t uncaptured_changes() const { return committed_.change - captured_.change; }
  /// All that was committed since the last capture, as one transaction, numbered by the object.
  Transaction capture(std::uint64_t sequence);
  /// The end of all that was captured, as one transaction: what was not is forgotten.
  Transaction remove();
  /// Captured transactions whose outcome is not known.
  bool pending() const { return !pending_.empty(); }
  void durable(std::uint64_t sequence);
  /// Bytes of pages held in memory.
  std::size_t memory() const { return layer_.memory() + rollback_journal_.memory(); }
  /// Whether there is something that the file on disk lacks.
  bool behind() const { return pages_ || !layer_.empty(); }

  /// Moves all pages into the file. Requires that everything is durable. Loses nothing if it fails.
  void checkpoint();
  /// Takes back what is not durable: the connection is closed.
  void take_back();
  /// Closes the file on disk. What is not in it is forgotten.
  void close();

  const Config& config() const { return config_; }

 private:
  /// A state of the database.
  struct Point {
    /// The last change of its pages.
    std::uint64_t change = 0;
    /// How many it has, if the file does not say.
    std::optional<std::uint32_t> pages{};
    bool operator==(const Point&) const = default;
  };
  struct Pending {
    std::uint64_t sequence;
    Point end;
  };
  /// A change of a page, so that sorting brings those of a page together.
  struct PageChange {
    std::uint32_t page;
    std::uint64_t number;
    auto operator<=>(const PageChange&) const = default;
  };

  Point now() const { return {layer_.last(), pages_}; }
  std::uint32_t pages_at(const Point& point);
  /// Pages of the file on disk.
  std::uint32_t file_pages();
  void go_back(const Point& point);
  /// In order of pages.
  std::vector<PageChange> changes_since(const Point& point) const;
  static std::span<const PageChange> of_page(std::uint32_t page,
                                             std::span<const PageChange> changes);
  /// Records what was captured last, which began with the first of these changes.
  void record(const Transaction& transaction, std::span<const PageChange> changes,
              RecordWriter& writer);
  void record_page(const Transaction& transaction, std::span<const PageChange> changes,
                   RecordWriter& writer);
  /// Pages of the prepared image, if the record is the first.
  void record_prepared(std::uint32_t begin, std::uint32_t end, RecordWriter& writer);
  /// What pages up to `last` were before these changes.
  void record_former(std::uint32_t begin, std::uint32_t last, std::span<const PageChange> changes,
                     RecordWriter& writer);
  /// The page's image before these changes of it, which are its last; empty if it had none.
  std::span<const std::uint8_t> former_image(std::uint32_t page,
                                             std::span<const PageChange> changes, Bytes& buffer);
  std::span<const std::uint8_t> file_image(std::uint32_t page, Bytes& buffer);
  void create_file();

  const Config config_;
  PageLayer layer_;
  RollbackJournal rollback_journal_;
  std::unique_ptr<DiskFile> file_;
  /// What an object without a file begins with.
  std::span<const std::uint8_t> prepared_;
  /// There is no file on disk.
  bool unborn_ = false;
  /// The first commit of an object without a file was captured, and is durable.
  bool created_ = false;
  bool born_ = false;
  std::size_t page_size_ = 0;
  /// Pages of the database, if the file does not say.
  std::optional<std::uint32_t> pages_;
  std::optional<std::uint32_t> file_pages_;
  Point durable_;
  Point captured_;
  Point committed_;
  std::vector<Pending> pending_;
};

}  // namespace stead
