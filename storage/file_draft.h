#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "storage/disk.h"
#include "storage/transaction.h"

namespace stead {

/// What an object's file is to become: the present file, and over it pages that differ, which are
/// kept aside in a file without a name. It becomes the object's state as one commit: first
/// `transaction` goes through the journal, then, once that is durable, `apply` changes the file.
///
/// Nobody may change the file meanwhile. Its memory does not depend on the file's size, but for one
/// bit a page.
///
/// Thread: one at a time. Fails: DiskError; StorageError if the file is no database.
class FileDraft final {
 public:
  struct Config {
    std::string path{};
    std::string class_name{};
    /// Where files without a name are made; no other draft may use it now.
    std::string scratch_path{};
  };

  /// The file as it is.
  FileDraft(Disk& disk, Config config);

  bool exists() const { return exists_; }
  std::uint32_t pages() const { return pages_; }
  std::size_t page_size() const { return page_size_; }
  const std::string& path() const { return config_.path; }

  /// Requires that the page exists.
  void read(std::uint32_t page, std::span<std::uint8_t> into);
  void write(std::uint32_t page, std::span<const std::uint8_t> image);
  /// New pages are zeros.
  void resize(std::uint32_t pages);
  void remove();
  /// Without any pages as yet. Requires `!exists()`.
  void create(std::size_t page_size);
  /// What another database holds.
  void become(const std::string& other);

  /// What leads from the file to this, and back, as a commit; nothing if they are the same. It may
  /// be applied again to a file that it was applied to in part.
  std::optional<Transaction> transaction();
  /// Changes the file, without a sync.
  void apply();
  /// Writes everything into another file, which must not exist.
  void write_to(const std::string& path);

 private:
  std::uint64_t offset_of(std::uint32_t page) const {
    return (page - 1) * std::uint64_t{page_size_};
  }
  bool changed(std::uint32_t page) const {
    return page > base_pages_ || (page <= changed_.size() && changed_[page - 1]);
  }
  void read_base(std::uint32_t page, std::span<std::uint8_t> into);

  Disk& disk_;
  const Config config_;
  std::unique_ptr<DiskFile> base_;
  std::uint32_t base_pages_ = 0;
  bool exists_ = false;
  std::size_t page_size_ = 0;
  std::uint32_t pages_ = 0;
  std::vector<bool> changed_;
  std::unique_ptr<DiskFile> scratch_;
};

}  // namespace stead
