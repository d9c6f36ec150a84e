#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "storage/disk.h"

namespace stead {

/// The committed pages of one object's transaction, as they go into a journal record.
struct Transaction {
  enum class Kind : std::uint8_t {
    commit = 1,  ///< pages that changed
    create = 2,  ///< all pages of an object that had no file; whatever file is there is replaced
    remove = 3,  ///< the object loses everything
    mark = 4,    ///< the object's file holds everything up to a commit (`Journal::mark`)
  };

  Kind kind = Kind::commit;
  /// Whether what the object says waits for it. Not part of the record.
  bool confirmed = true;
  std::string class_name{};
  std::uint32_t page_size = 0;
  /// Pages of the database after the transaction, and before it.
  std::uint32_t pages = 0;
  std::uint32_t pages_before = 0;
  /// Whether former images are there too, so that it can be undone.
  bool undoable = false;
  /// Entries of pages, encoded: in memory, or in a file without a name if there are many.
  std::uint32_t entries = 0;
  Bytes bytes{};
  std::unique_ptr<DiskFile> file{};
  std::uint64_t size = 0;
};

}  // namespace stead
