#include "storage/history_undo.h"

#include <algorithm>

#include "storage/bookmark.h"
#include "storage/mutation.h"
#include "storage/page_codec.h"

namespace stead {

using journal_format::RecordHeader;
using Kind = Transaction::Kind;

HistoryUndo::HistoryUndo(FileDraft& draft, SegmentReader& segment, const RecordHeader& record,
                         std::uint64_t offset)
    : draft_(draft), segment_(segment), record_(record), offset_(offset) {}

void HistoryUndo::fail(const std::string& what) const {
  throw StorageError("commit " + to_bookmark(record_.number) + " of " + draft_.path() +
                     " cannot be undone: " + what +
                     "; the file was changed by another program since, or file or history are "
                     "damaged: name a later point");
}

void HistoryUndo::run() {
  const bool removed = record_.kind == Kind::remove;
  if (removed == draft_.exists()) {
    fail(removed ? "it removed the object, which is there" : "the object is not there");
  }
  if (!removed) {
    if (draft_.page_size() != record_.page_size) fail("the size of its pages is another");
    if (draft_.pages() != record_.pages) {
      fail("it left " + std::to_string(record_.pages) + " pages, and there are " +
           std::to_string(draft_.pages()));
    }
  }
  page_.resize(record_.page_size);
  switch (record_.kind) {
    case Kind::create:
      draft_.remove();
      break;
    case Kind::remove:
      undo_remove();
      break;
    case Kind::commit:
      undo_commit();
      break;
    case Kind::mark:
      break;
  }
}

void HistoryUndo::read_entries() {
  BatchReader reader(segment_.file(), segment_.path(), offset_,
                     RecordHeader::size + record_.body_size);
  reader.next_record();
  while (const auto entry = reader.next_entry()) {
    if (entry->header.page == 0) fail("it names a page 0");
    entries_.push_back({entry->header, entry->offset});
  }
}

void HistoryUndo::undo_remove() {
  read_entries();
  draft_.create(record_.page_size);
  draft_.resize(record_.pages_before);
  for (const auto& entry : entries_) put_former(entry);
}

void HistoryUndo::undo_commit() {
  read_entries();
  draft_.resize(std::max(record_.pages, record_.pages_before));
  for (auto left = entries_.size(); left > 0;) left -= take_back(left - 1);
  draft_.resize(record_.pages_before);
}

bool HistoryUndo::known(std::uint32_t page) const {
  return page <= record_.pages ? !lost_.contains(page) : found_.contains(page);
}

std::size_t HistoryUndo::take_back(std::size_t index) {
  const auto& entry = entries_[index];
  const auto page = entry.header.page;
  if (entry.header.former) {
    // That of a page which was written whole follows it.
    const auto* written = index > 0 ? &entries_[index - 1] : nullptr;
    const bool pair = written && !written->header.former && written->header.page == page;
    if (pair && known(page)) require_page(*written);
    put_former(entry);
    return pair ? 2 : 1;
  }
  if (!known(page)) return 1;
  require_page(entry);
  if (entry.header.encoding == PageEncoding::patch) {
    if (!mutated(Mutation::wrong_undo)) decode(entry);
    draft_.write(page, page_);
  } else {
    // The page is new, or was never written before.
    lost_.insert(page);
    std::fill(page_.begin(), page_.end(), std::uint8_t{0});
    draft_.write(page, page_);
  }
  return 1;
}

void HistoryUndo::require_page(const Entry& entry) {
  draft_.read(entry.header.page, page_);
  if (page_checksum(page_) == entry.header.checksum) return;
  fail("page " + std::to_string(entry.header.page) + " is not what it wrote");
}

void HistoryUndo::put_former(const Entry& entry) {
  const auto page = entry.header.page;
  decode(entry);
  if (page_checksum(page_) != entry.header.checksum) {
    fail("the former page " + std::to_string(page) + " does not come out as it was");
  }
  if (page > std::max(record_.pages, record_.pages_before)) fail("a page is beyond the end");
  if (page > record_.pages) found_.insert(page);
  draft_.write(page, page_);
}

void HistoryUndo::decode(const Entry& entry) {
  encoded_.resize(entry.header.length);
  const auto count = segment_.file().read(entry.offset, encoded_);
  if (count != encoded_.size() || !apply_image(entry.header.encoding, encoded_, page_)) {
    fail("page " + std::to_string(entry.header.page) + " cannot be read from the journal");
  }
}

}  // namespace stead
