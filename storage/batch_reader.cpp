#include "storage/batch_reader.h"

#include <algorithm>

namespace stead {

namespace {

using journal_format::PageEntry;
using journal_format::RecordHeader;

constexpr std::size_t piece = 1 << 20;
/// The longest image of a page, or class name, that there can be.
constexpr std::uint64_t longest_piece = 128 << 10;

}  // namespace

std::span<const std::uint8_t> BatchReader::take(std::uint64_t size) {
  if (size > longest_piece) fail("a length is out of bounds");
  while (buffer_.size() - used_ < size) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ = 0;
    const auto count = std::min<std::uint64_t>(left_, piece);
    if (count == 0) fail("a record is longer than its batch");
    const auto start = buffer_.size();
    buffer_.resize(start + count);
    if (file_.read(next_, std::span(buffer_).subspan(start)) != count)
      fail("the file is too short");
    next_ += count;
    left_ -= count;
  }
  const auto bytes = std::span<const std::uint8_t>(buffer_).subspan(used_, size);
  used_ += size;
  return bytes;
}

void BatchReader::skip(std::uint64_t size) {
  const auto here = std::min<std::uint64_t>(size, buffer_.size() - used_);
  used_ += here;
  if (size - here > left_) fail("a record is longer than its batch");
  next_ += size - here;
  left_ -= size - here;
}

void BatchReader::fail(const std::string& what) const {
  throw JournalDamage(path_, next_ - (buffer_.size() - used_), what);
}

std::optional<BatchReader::Record> BatchReader::next_record() {
  skip(record_left_);
  record_left_ = 0;
  if (left_ == 0 && used_ == buffer_.size()) return std::nullopt;
  Record record;
  record.offset = next_ - (buffer_.size() - used_);
  const auto header = journal_format::read_record_header(take(RecordHeader::size));
  if (!header) fail("there is no record");
  record.header = *header;
  const auto name = take(header->class_size);
  record.class_name.assign(name.begin(), name.end());
  record_left_ = header->body_size - header->class_size;
  return record;
}

std::optional<BatchReader::Entry> BatchReader::next_entry() {
  if (record_left_ == 0) return std::nullopt;
  if (record_left_ < PageEntry::size) fail("a page entry is cut off");
  const auto header = journal_format::read_page_entry(take(PageEntry::size));
  if (!header || header->length > record_left_ - PageEntry::size) fail("there is no page entry");
  record_left_ -= PageEntry::size + header->length;
  const auto image = take(header->length);
  return Entry{*header, image, next_ - (buffer_.size() - used_) - header->length};
}

}  // namespace stead
