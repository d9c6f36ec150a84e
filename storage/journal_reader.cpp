#include "storage/journal_reader.h"

#include <algorithm>
#include <array>

#include "storage/mutation.h"

namespace stead {

namespace {

using journal_format::BatchHeader;
using journal_format::block;
using journal_format::PageEntry;
using journal_format::RecordHeader;
using journal_format::SegmentHeader;
using SegmentBytes = std::array<std::uint8_t, SegmentHeader::size>;

constexpr std::size_t piece = 1 << 20;
/// The longest image of a page, or class name, that there can be.
constexpr std::uint64_t longest_piece = 128 << 10;

/// Whether a segment's header is still to be written: over nothing, or over that of the file's
/// former life. Nothing is written behind a header before it is durable.
bool not_begun(const SegmentBytes& bytes, const std::optional<SegmentHeader>& header,
               std::uint64_t size) {
  const bool zeros = std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
  return header || (zeros && size <= block);
}

std::string batches_of(const JournalDamage::Region& region) {
  const auto first = std::to_string(region.first_batch);
  if (region.first_batch >= region.last_batch) return "batch " + first + " is";
  return "batches " + first + " to " + std::to_string(region.last_batch) + " are";
}

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
  throw JournalDamage({.file = path_, .offset = next_ - (buffer_.size() - used_)}, what);
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

JournalReader::JournalReader(Disk& disk, std::string folder, Scope scope)
    : disk_(disk), folder_(std::move(folder)) {
  for (const auto& name : disk_.list(folder_)) {
    if (const auto segment = journal_format::segment_of_name(name)) segments_.push_back(*segment);
  }
  if (mutated(Mutation::skip_newest_segment) && segments_.size() > 1) segments_.pop_back();
  if (scope == Scope::needed) leave_out_unneeded();
}

std::string JournalReader::path_of(std::uint64_t segment) const {
  return folder_ + "/" + journal_format::segment_name(segment);
}

std::vector<std::string> JournalReader::paths() const {
  std::vector<std::string> paths;
  for (const auto segment : segments_) paths.push_back(path_of(segment));
  return paths;
}

void JournalReader::leave_out_unneeded() {
  for (auto each = segments_.rbegin(); each != segments_.rend(); ++each) {
    SegmentBytes bytes{};
    disk_.open(path_of(*each), Disk::Mode::read)->read(0, bytes);
    const auto header = journal_format::read_segment_header(bytes);
    if (!header || header->segment != *each) continue;
    const auto first = std::ranges::lower_bound(segments_, header->oldest);
    opened_ = static_cast<std::size_t>(first - segments_.begin());
    return;
  }
}

bool JournalReader::open_next() {
  if (opened_ == segments_.size()) return false;
  const auto number = segments_[opened_];
  const bool newest = ++opened_ == segments_.size();
  path_ = path_of(number);
  auto file = disk_.open(path_, Disk::Mode::read);
  SegmentBytes bytes{};
  file->read(0, bytes);
  const auto header = journal_format::read_segment_header(bytes);
  if (!header || header->segment != number) {
    if (newest && not_begun(bytes, header, file->size())) {
      if (!position_) position_.emplace();
      position_->next_segment = number;
      segments_.pop_back();
      --opened_;
      return false;
    }
    segment_ = number;
    ended_ = {.file = path_, .offset = 0, .end = file->size()};
    throw JournalDamage(ended_, "the segment has no valid header, or a later version wrote it");
  }
  file_ = std::move(file);
  follow(*header);
  return true;
}

void JournalReader::follow(const SegmentHeader& header) {
  const bool missing = position_ && segment_ + 1 != header.segment;
  const bool gap = position_ && expected_ != header.first_batch;
  ended_.first_batch = expected_;
  ended_.last_batch = header.first_batch - 1;
  segment_ = header.segment;
  seal_ = journal_format::seal_of(header.node);
  offset_ = block;
  expected_ = header.first_batch;
  if (!position_) {
    position_.emplace();
    first_number_ = header.first_number;
  }
  *position_ = {.node = header.node,
                .next_segment = header.segment + 1,
                .next_batch = header.first_batch,
                .next_number = std::max(position_->next_number, header.first_number)};
  if (missing) throw JournalDamage({.file = path_}, "the segment before it is missing");
  if (gap) throw JournalDamage(ended_, batches_of(ended_) + " not what was written");
}

std::optional<BatchHeader> JournalReader::header_at(std::uint64_t offset) {
  std::array<std::uint8_t, BatchHeader::size> bytes{};
  if (file_->read(offset, bytes) < bytes.size()) return std::nullopt;
  const auto header = journal_format::read_batch_header(bytes, seal_);
  if (!header) return std::nullopt;
  // What a former life of the file has left is older, and says so twice.
  const bool stale = header->number < expected_ || header->segment != segment_;
  if (stale && !mutated(Mutation::accept_stale_batches)) return std::nullopt;
  return header;
}

bool JournalReader::body_ok(const BatchHeader& header) {
  journal_format::BodyChecksum checksum;
  Bytes buffer;
  auto at = offset_ + BatchHeader::size;
  for (auto left = header.body_size; left > 0;) {
    buffer.resize(std::min<std::uint64_t>(left, piece));
    if (file_->read(at, buffer) != buffer.size()) return false;
    checksum.add(buffer);
    at += buffer.size();
    left -= buffer.size();
  }
  return checksum.value() == header.body_checksum || mutated(Mutation::ignore_batch_checksum);
}

bool JournalReader::find_next() {
  const auto size = file_->size();
  // From here on: a later batch may have been written over the one that belongs here.
  for (auto offset = offset_; offset < size; offset += block) {
    const auto header = header_at(offset);
    if (!header || header->number == expected_) continue;
    offset_ = offset;
    expected_ = header->number;
    return true;
  }
  return false;
}

std::optional<JournalReader::Batch> JournalReader::next() {
  for (;;) {
    if (!file_ && !open_next()) return std::nullopt;
    const auto header = header_at(offset_);
    if (header && header->number == expected_ && body_ok(*header)) {
      Batch batch{path_, *header, offset_,
                  BatchReader(*file_, path_, offset_ + BatchHeader::size, header->body_size)};
      const auto size = journal_format::up_to_block(BatchHeader::size + header->body_size);
      bytes_ += size;
      offset_ += size;
      position_->next_batch = ++expected_;
      position_->next_number = std::max(position_->next_number, header->last_commit + 1);
      return batch;
    }
    JournalDamage::Region bad{.file = path_, .offset = offset_, .first_batch = expected_};
    if (find_next()) {
      bad.end = offset_;
      bad.last_batch = expected_ - 1;
      throw JournalDamage(bad, batches_of(bad) + " not what was written");
    }
    // The end of this segment, if the next one begins where it ends.
    bad.end = file_->size();
    ended_ = bad;
    file_.reset();
  }
}

}  // namespace stead
