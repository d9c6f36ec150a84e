#include "storage/recovery.h"

#include <algorithm>
#include <list>
#include <set>
#include <unordered_map>

#include "storage/journal_reader.h"
#include "storage/mutation.h"
#include "storage/object_chains.h"
#include "storage/object_path.h"
#include "storage/page_codec.h"

namespace stead {

namespace {

using Kind = Transaction::Kind;

std::string journal_folder(const std::string& data) { return data + "/journal"; }
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// Where a batch is.
struct Extent {
  std::string path{};
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// The last batch may have been written and not synced, or its sync may have failed: it reads well
/// from the machine's memory, and a loss of power takes it away. Files must not be ahead of the
/// journal, so it is written once more, and synced, before it is used.
void make_durable(Disk& disk, const Extent& batch) {
  constexpr std::uint64_t piece = 1 << 20;
  const auto file = disk.open(batch.path, Disk::Mode::write);
  Bytes bytes;
  for (std::uint64_t done = 0; done < batch.size; done += bytes.size()) {
    bytes.resize(std::min(piece, batch.size - done));
    bytes.resize(file->read(batch.offset + done, bytes));
    if (bytes.empty()) break;  // the file ends within the last block
    file->write(batch.offset + done, bytes);
  }
  file->sync();
}

/// First pass: checks every batch, and that no object's records have a gap.
ObjectChains survey(JournalReader& reader, Extent& last, RecoveryReport& report) {
  ObjectChains chains;
  while (auto batch = reader.next()) {
    ++report.batches;
    last = {batch->path, batch->offset,
            journal_format::BatchHeader::size + batch->header.body_size};
    while (const auto record = batch->records.next_record()) {
      ++report.records;
      if (chains.follow(record->header, reader.first_number())) continue;
      throw JournalDamage({.file = batch->path, .offset = record->offset},
                          "commit " + std::to_string(record->header.previous) + " of object " +
                              record->header.object.to_string() + " is missing");
    }
  }
  report.bytes = reader.bytes();
  return chains;
}

/// Files that are being brought up to date, the last used ones open.
class Files {
 public:
  Files(Disk& disk, std::string data) : disk_(disk), data_(std::move(data)) {}

  std::string path(const BatchReader::Record& record) const {
    return object_path(data_, record.class_name, record.header.object);
  }

  DiskFile& open(const std::string& path) {
    if (const auto found = open_.find(path); found != open_.end()) {
      by_use_.splice(by_use_.end(), by_use_, found->second.place);
      return *found->second.file;
    }
    if (open_.size() >= open_at_once) {
      open_.erase(by_use_.front());
      by_use_.pop_front();
    }
    disk_.make_folders(folder_of(path));
    auto& entry = open_[path];
    entry.file = disk_.open(path, Disk::Mode::create);
    entry.place = by_use_.insert(by_use_.end(), path);
    touched_.insert(path);
    return *entry.file;
  }

  void remove(const std::string& path) {
    if (const auto found = open_.find(path); found != open_.end()) {
      by_use_.erase(found->second.place);
      open_.erase(found);
    }
    touched_.insert(path);
    disk_.remove(path);
  }

  void sync() {
    open_.clear();
    by_use_.clear();
    if (!touched_.empty()) disk_.sync_all(data_);
  }

  std::size_t count() const { return touched_.size(); }

 private:
  static constexpr std::size_t open_at_once = 256;
  struct Entry {
    std::unique_ptr<DiskFile> file;
    std::list<std::string>::iterator place;
  };
  Disk& disk_;
  const std::string data_;
  std::unordered_map<std::string, Entry> open_;
  std::list<std::string> by_use_;
  std::set<std::string> touched_;
};

/// Second pass: one record's pages into its file.
class Applier {
 public:
  explicit Applier(Files& files) : files_(files) {}

  void apply(const BatchReader::Record& record, BatchReader& entries) {
    const auto path = files_.path(record);
    const auto& header = record.header;
    if (header.kind == Kind::remove) {
      files_.remove(path);
      return;
    }
    auto& file = files_.open(path);
    if (header.kind == Kind::create) file.resize(0);
    page_.resize(header.page_size);
    while (const auto entry = entries.next_entry()) {
      if (!entry->header.former && entry->header.page <= header.pages) put(*entry, path, file);
    }
    if (!mutated(Mutation::forget_to_shrink)) {
      file.resize(header.pages * std::uint64_t{header.page_size});
    }
  }

 private:
  void put(const BatchReader::Entry& entry, const std::string& path, DiskFile& file) {
    const auto offset = (entry.header.page - 1) * std::uint64_t{page_.size()};
    if (entry.header.encoding == PageEncoding::patch) {
      const auto count = file.read(offset, page_);
      std::fill(page_.begin() + static_cast<std::ptrdiff_t>(count), page_.end(), std::uint8_t{0});
    }
    bool decoded = apply_image(entry.header.encoding, entry.image, page_);
    if (mutated(Mutation::apply_twice)) {
      decoded = apply_image(entry.header.encoding, entry.image, page_);
    }
    if ((!decoded || page_checksum(page_) != entry.header.checksum) &&
        !mutated(Mutation::ignore_page_checksum)) {
      throw StorageError("page " + std::to_string(entry.header.page) + " of " + path +
                         " does not come out as it was written: the file was changed or damaged "
                         "since; restore it from a backup taken before, or move it away");
    }
    file.write(offset, page_);
  }

  Files& files_;
  Bytes page_;
};

}  // namespace

RecoveryReport recover(Disk& disk, const std::string& data, Random& random) {
  RecoveryReport report;
  const auto folder = journal_folder(data);
  disk.make_folders(folder);
  JournalReader survey_reader(disk, folder);
  Extent last_batch;
  const auto chains = survey(survey_reader, last_batch, report);
  if (report.batches > 0 && !mutated(Mutation::trust_last_batch)) make_durable(disk, last_batch);
  report.segments = survey_reader.paths();
  if (const auto position = survey_reader.position()) {
    report.position = *position;
  }
  // Without a batch, the newest segment's header may not be durable either: it is begun anew.
  if (!report.segments.empty() && report.segments.back() != last_batch.path) {
    report.position.next_segment =
        *journal_format::segment_of_name(report.segments.back().substr(folder.size() + 1));
    report.segments.pop_back();
  }
  if (report.position.node == journal_format::NodeId{}) random.fill(report.position.node);
  if (mutated(Mutation::restart_numbers)) report.position.next_number = 1;

  Files files(disk, data);
  Applier applier(files);
  JournalReader reader(disk, folder);
  while (auto batch = reader.next()) {
    while (const auto record = batch->records.next_record()) {
      const auto& header = record->header;
      if (header.kind == Kind::mark) continue;
      if (header.number <= chains.mark(header.object) && !mutated(Mutation::ignore_marks)) {
        continue;
      }
      ++report.applied;
      applier.apply(*record, batch->records);
    }
  }
  report.files = files.count();
  if (mutated(Mutation::drop_segments_before_sync)) {
    drop_recovered(disk, report, {});
    disk.sync_folder(folder);
  }
  files.sync();
  return report;
}

void drop_recovered(Disk& disk, const RecoveryReport& report, const std::string& archive) {
  if (!archive.empty()) disk.make_folders(archive);
  for (const auto& path : report.segments) {
    if (archive.empty()) {
      disk.remove(path);
    } else {
      disk.rename(path, archive + path.substr(path.rfind('/')));
    }
  }
  if (report.segments.empty()) return;
  disk.sync_folder(folder_of(report.segments.front()));
  if (!archive.empty()) disk.sync_folder(archive);
}

}  // namespace stead
