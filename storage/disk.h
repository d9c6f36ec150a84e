#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace stead {

/// An operation of a disk that failed.
class DiskError : public StorageError {
 public:
  enum class Kind : std::uint8_t { full, failed };
  DiskError(Kind kind, const std::string& message) : StorageError(message), kind_(kind) {}
  /// Whether there was no room: the same may succeed later.
  bool full() const { return kind_ == Kind::full; }

 private:
  Kind kind_;
};

/// An open file. Offsets and sizes are bytes.
///
/// Thread: any, one at a time. Closed at its end. Fails: DiskError.
class DiskFile {
 public:
  virtual ~DiskFile() = default;
  /// Fills `into` from an offset; fewer bytes than asked for only at the end of the file.
  virtual std::size_t read(std::uint64_t offset, std::span<std::uint8_t> into) = 0;
  virtual void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) = 0;
  virtual std::uint64_t size() = 0;
  virtual void resize(std::uint64_t size) = 0;
  /// Makes contents and size durable (`fdatasync`). After a failure nothing is known about what was
  /// written since the last success, and another try proves nothing.
  virtual void sync() = 0;
};

/// The disk under the node's data: everything that must survive a crash goes through it, so that a
/// test can put a simulated one in its place.
///
/// A name that was created, renamed or removed is durable only after `sync_folder` of its folder.
/// Thread: any. Fails: DiskError.
class Disk {
 public:
  enum class Mode : std::uint8_t {
    read,    ///< an existing file, to read
    write,   ///< an existing file, to read and write
    create,  ///< to read and write; created, empty, if it is not there
    /// As `create`, for writes in whole blocks at block boundaries from aligned memory, which may
    /// pass by the page cache.
    create_direct,
  };
  /// Size and alignment of blocks for `Mode::create_direct`.
  static constexpr std::size_t block = 4096;

  virtual ~Disk() = default;
  virtual std::unique_ptr<DiskFile> open(const std::string& path, Mode mode) = 0;
  /// Opens an object's file for this process alone: other programs' SQLite finds it locked. Throws
  /// StorageError if one of them has it open.
  virtual std::unique_ptr<DiskFile> open_locked(const std::string& path, Mode mode) = 0;
  virtual bool exists(const std::string& path) = 0;
  /// False if it was not there.
  virtual bool remove(const std::string& path) = 0;
  /// Replaces what has the new name.
  virtual void rename(const std::string& from, const std::string& to) = 0;
  /// Creates a folder and those above it that are missing.
  virtual void make_folders(const std::string& path) = 0;
  virtual void sync_folder(const std::string& path) = 0;
  /// The names of the files in a folder, sorted; none if there is no such folder.
  virtual std::vector<std::string> list(const std::string& path) = 0;
  /// Makes everything written to the file system of this folder durable, names too.
  virtual void sync_all(const std::string& folder) = 0;

  /// The machine's.
  static Disk& system();
};

}  // namespace stead
