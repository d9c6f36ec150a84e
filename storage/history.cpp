#include "storage/history.h"

#include <algorithm>
#include <set>

#include "base/wall_time.h"
#include "storage/bookmark.h"
#include "storage/history_undo.h"

namespace stead {

namespace {

using journal_format::RecordHeader;
using Kind = Transaction::Kind;

[[noreturn]] void fail_beyond(const std::string& wanted, const History::Point& start) {
  throw RangeError("history does not go back to " + wanted + ": it begins at " +
                   format_exact_time(start.time) + ", with bookmark " + to_bookmark(start.number) +
                   "; name that or a later point");
}

[[noreturn]] void fail_absent(std::uint64_t number) {
  throw RangeError("the object did not exist at bookmark " + to_bookmark(number) +
                   ": name a later point");
}

}  // namespace

History::History(Disk& disk, const std::string& data)
    : disk_(disk), journal_(data + "/journal"), history_(folder(data)) {
  find_segments();
}

void History::find_segments() {
  std::set<std::uint64_t> numbers;
  // A segment may move to the second folder meanwhile.
  for (const auto& each : {journal_, history_}) {
    for (const auto& name : disk_.list(each)) {
      if (const auto number = journal_format::segment_of_name(name)) numbers.insert(*number);
    }
  }
  std::optional<std::uint64_t> later;
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    if (later && *number + 1 != *later) break;
    const auto reader = open(*number);
    if (!reader) break;
    later = *number;
    // One without a header never held anything, unless the next does not follow the one before.
    const auto& header = reader->header();
    if (header && header->segment == *number) segments_.push_back({*number, *header});
  }
  std::reverse(segments_.begin(), segments_.end());
}

std::optional<SegmentReader> History::open(std::uint64_t segment) {
  const auto name = "/" + journal_format::segment_name(segment);
  for (const auto& each : {journal_, history_}) {
    try {
      return SegmentReader(disk_, each + name);
    } catch (const DiskError&) {
      // It has moved, or it was the oldest and is removed.
      if (disk_.exists(each + name)) throw;
    }
  }
  return std::nullopt;
}

SegmentReader History::open_kept(const Segment& segment) {
  auto reader = open(segment.number);
  if (reader && reader->header()) return std::move(*reader);
  throw RangeError(
      "history has just become shorter, and does not go back that far any more: name "
      "a point after " +
      format_exact_time(segment.header.created));
}

std::optional<History::Point> History::start() const {
  if (segments_.empty()) return std::nullopt;
  const auto& first = segments_.front().header;
  return Point{first.created, first.first_number - 1};
}

History::Point History::start_or_fail() const {
  if (const auto found = start()) return *found;
  throw RangeError("there is no history: " + journal_ + " holds no journal");
}

std::uint64_t History::number_at(WallTime time) {
  const auto next = std::find_if(segments_.rbegin(), segments_.rend(),
                                 [&](const Segment& each) { return each.header.created <= time; });
  if (next == segments_.rend()) fail_beyond(format_exact_time(time), start_or_fail());
  auto number = next->header.first_number - 1;
  auto reader = open_kept(*next);
  while (const auto batch = reader.next()) {
    if (batch->header.written > time) break;
    number = batch->header.last_commit;
  }
  return number;
}

void History::require_end(const SegmentReader& segment, std::size_t index) const {
  if (index + 1 == segments_.size()) return;
  if (segment.next_batch() == segments_[index + 1].header.first_batch) return;
  throw JournalDamage({.file = segment.path()}, "its end is missing");
}

std::vector<History::Record> History::records_of(SegmentReader& segment, const ObjectId& object,
                                                 std::uint64_t after) {
  std::vector<Record> records;
  while (auto batch = segment.next()) {
    if (batch->header.last_commit <= after) continue;
    while (const auto record = batch->records.next_record()) {
      const auto& header = record->header;
      if (header.object != object || header.kind == Kind::mark || header.number <= after) continue;
      records.push_back({header, record->offset, batch->header.written});
    }
  }
  return records;
}

void History::walk(const ObjectId& object, std::uint64_t after, const Visit& visit) {
  const auto begin = start_or_fail();
  if (after < begin.number) fail_beyond("bookmark " + to_bookmark(after), begin);
  std::uint64_t expected = 0;
  for (auto index = segments_.size(); index-- > 0;) {
    auto reader = open_kept(segments_[index]);
    const auto records = records_of(reader, object, after);
    require_end(reader, index);
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
      if (expected != 0 && record->header.number != expected) break;
      visit(reader, *record);
      expected = record->header.previous;
    }
    if (segments_[index].header.first_number <= after + 1) break;
  }
  if (expected > after) {
    throw JournalDamage({.file = history_}, "commit " + std::to_string(expected) + " of object " +
                                                object.to_string() + " is missing");
  }
}

void History::check(const ObjectId& object, bool exists, std::uint64_t number) {
  walk(object, number, [&](SegmentReader&, const Record& record) {
    const auto& header = record.header;
    if (!header.undoable && header.kind != Kind::create) {
      fail_beyond("bookmark " + to_bookmark(number) + " for this object",
                  {record.written, header.number});
    }
    exists = header.kind != Kind::create;
  });
  if (!exists) fail_absent(number);
}

void History::rewind(FileDraft& draft, const ObjectId& object, std::uint64_t number) {
  walk(object, number, [&](SegmentReader& segment, const Record& record) {
    const auto& header = record.header;
    if (!header.undoable && header.kind != Kind::create) {
      fail_beyond("bookmark " + to_bookmark(number) + " for this object",
                  {record.written, header.number});
    }
    HistoryUndo(draft, segment, header, record.offset).run();
  });
  if (!draft.exists()) fail_absent(number);
}

}  // namespace stead
