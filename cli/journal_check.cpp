#include "cli/journal_check.h"

#include <algorithm>
#include <array>

#include "storage/object_chains.h"
#include "storage/object_path.h"
#include "storage/page_codec.h"

namespace stead {

namespace {

using journal_format::BatchHeader;

/// A server that goes on changing the folder does not hold us up for ever.
constexpr int tries = 5;

std::string describe(const BatchReader::Record& record) {
  return record.class_name + " " + record.header.object.to_string();
}

/// Whether a record that was found in a damaged batch can be one at all.
bool plausible(const BatchReader::Record& record) {
  return is_class_name(record.class_name) && record.header.number > 0 &&
         record.header.page_size <= 65'536;
}

class Checker {
 public:
  Checker(Disk& disk, const std::string& folder, JournalReader::Scope scope)
      : disk_(disk), reader_(disk, folder, scope) {
    check_.segments = reader_.paths().size();
  }

  JournalCheck run() {
    for (bool more = true; more;) {
      try {
        auto batch = reader_.next();
        more = batch.has_value();
        if (batch) take(*batch);
      } catch (const JournalDamage& damage) {
        add(damage);
      }
    }
    check_.bytes = reader_.bytes();
    look_for_torn_batch();
    return std::move(check_);
  }

 private:
  void take(JournalReader::Batch& batch) {
    ++check_.batches;
    check_.first = std::min(check_.first.value_or(batch.header.written), batch.header.written);
    check_.last = std::max(check_.last, batch.header.written);
    std::uint64_t records = 0;
    while (const auto record = batch.records.next_record()) {
      ++records;
      if (!chains_.follow(record->header, reader_.first_number())) add_gap(batch, *record);
      check_images(batch, *record);
    }
    check_.records += records;
    if (records != batch.header.records) {
      throw damage_in(batch, "it has " + std::to_string(records) + " records, not " +
                                 std::to_string(batch.header.records));
    }
  }

  void check_images(JournalReader::Batch& batch, const BatchReader::Record& record) {
    page_.resize(record.header.page_size);
    std::uint32_t entries = 0;
    while (const auto entry = batch.records.next_entry()) {
      ++entries;
      // What a patch comes to depends on the image before.
      if (entry->header.encoding == PageEncoding::patch) continue;
      if (!apply_image(entry->header.encoding, entry->image, page_) ||
          page_checksum(page_) != entry->header.checksum) {
        add_object(damage_in(batch, "page " + std::to_string(entry->header.page) +
                                        " does not come out as it was written"),
                   record);
      }
    }
    if (entries != record.header.entries) {
      add_object(damage_in(batch, "a record has " + std::to_string(entries) + " pages, not " +
                                      std::to_string(record.header.entries)),
                 record);
    }
  }

  static JournalDamage damage_in(const JournalReader::Batch& batch, const std::string& what) {
    const auto number = batch.header.number;
    return JournalDamage({batch.path, batch.offset, 0, number, number}, what);
  }

  void add(const JournalDamage& damage) {
    const auto& region = damage.region();
    // The damaged header of a segment is told again with the batches that the next one misses.
    if (!check_.damages.empty() && check_.damages.back().region.file == region.file &&
        check_.damages.back().region.offset == region.offset) {
      check_.damages.pop_back();
    }
    check_.damages.push_back({region, damage.reason(), {}});
    collect_objects(region);
  }

  void add_object(const JournalDamage& damage, const BatchReader::Record& record) {
    add(damage);
    check_.damages.back().objects.insert(describe(record));
  }

  /// A commit is missing that this record builds on: in the last damage, if there was one.
  void add_gap(const JournalReader::Batch& batch, const BatchReader::Record& record) {
    if (check_.damages.empty()) {
      add(damage_in(batch, "commit " + std::to_string(record.header.previous) + " of object " +
                               record.header.object.to_string() + " is missing"));
    }
    check_.damages.back().objects.insert(describe(record));
  }

  void collect_objects(const JournalDamage::Region& region) {
    if (region.end < region.offset + BatchHeader::size || region.offset == 0) return;
    try {
      const auto file = disk_.open(region.file, Disk::Mode::read);
      BatchReader records(*file, region.file, region.offset + BatchHeader::size,
                          region.end - region.offset - BatchHeader::size);
      for (auto record = records.next_record(); record && plausible(*record);
           record = records.next_record()) {
        check_.damages.back().objects.insert(describe(*record));
      }
    } catch (const StorageError&) {
      // As far as it can be read.
    }
  }

  void look_for_torn_batch() {
    const auto& end = reader_.end();
    if (end.file.empty()) return;
    std::array<std::uint8_t, BatchHeader::size> bytes{};
    disk_.open(end.file, Disk::Mode::read)->read(end.offset, bytes);
    const auto name = end.file.substr(end.file.rfind('/') + 1);
    if (journal_format::segment_of_batch(bytes) == journal_format::segment_of_name(name)) {
      check_.torn = end;
    }
  }

  Disk& disk_;
  JournalReader reader_;
  ObjectChains chains_;
  JournalCheck check_;
  Bytes page_;
};

}  // namespace

JournalCheck check_journal(Disk& disk, const std::string& folder, JournalReader::Scope scope) {
  for (int left = tries;; --left) {
    const auto before = disk.list(folder);
    try {
      auto check = Checker(disk, folder, scope).run();
      if (check.damages.empty() || left == 1 || disk.list(folder) == before) return check;
    } catch (const DiskError&) {
      if (left == 1 || disk.list(folder) == before) throw;
    }
  }
}

}  // namespace stead
