#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "storage/file_draft.h"
#include "storage/journal_format.h"
#include "storage/segment_reader.h"

namespace stead {

/// Undoes one commit of an object, whose state after it is given: takes its entries in reverse.
/// Before a page is taken back, it must be what the commit made of it.
///
/// Thread: one. Fails: StorageError if the state is not what the commit left, or the commit does
/// not say what was before; DiskError.
class HistoryUndo final {
 public:
  HistoryUndo(FileDraft& draft, SegmentReader& segment, const journal_format::RecordHeader& record,
              std::uint64_t offset);
  void run();

 private:
  struct Entry {
    journal_format::PageEntry header;
    std::uint64_t offset;
  };

  void read_entries();
  void undo_commit();
  void undo_remove();
  /// Takes an entry back, and the one that goes with it; gives how many that are.
  std::size_t take_back(std::size_t index);
  void require_page(const Entry& entry);
  void put_former(const Entry& entry);
  bool known(std::uint32_t page) const;
  void decode(const Entry& entry);
  [[noreturn]] void fail(const std::string& what) const;

  FileDraft& draft_;
  SegmentReader& segment_;
  const journal_format::RecordHeader& record_;
  const std::uint64_t offset_;
  std::vector<Entry> entries_;
  /// Pages that the commit left but whose image from before this entry nobody knows, or needs.
  std::set<std::uint32_t> lost_;
  /// Pages that it cut off, as far as they are there again.
  std::set<std::uint32_t> found_;
  Bytes page_;
  Bytes encoded_;
};

}  // namespace stead
