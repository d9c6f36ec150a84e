#include "storage/object_file.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "storage/mutation.h"
#include "storage/page_codec.h"
#include "storage/page_size.h"
#include "storage/record_writer.h"

namespace stead {

namespace {

/// Where in the header SQLite says how the file is written and read; 2 is by a write-ahead log,
/// 1 with a rollback journal.
constexpr std::size_t format_bytes = 18;
constexpr std::uint8_t with_rollback_journal = 1;

/// More patches of one page are mostly longer than its image.
constexpr std::size_t most_patches = 8;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

ObjectFile::ObjectFile(Config config)
    : config_(std::move(config)),
      layer_(config_.disk, config_.spill),
      rollback_journal_(config_.disk, config_.spill) {}

void ObjectFile::open_file() {
  CHECK(!is_open());
  file_ = config_.disk.open_locked(config_.path, Disk::Mode::write);
  page_size_ = read_page_size(*file_, config_.path);
}

void ObjectFile::open_image(std::span<const std::uint8_t> image) {
  CHECK(!is_open());
  unborn_ = true;
  prepared_ = image;
  page_size_ = Disk::block;
  pages_ = static_cast<std::uint32_t>(image.size() / page_size_);
  for (std::uint32_t page = 1; page <= *pages_; ++page) {
    layer_.lay(page, image.subspan((page - 1) * page_size_, page_size_));
  }
  durable_ = captured_ = committed_ = now();
}

std::uint32_t ObjectFile::file_pages() {
  if (!file_pages_) file_pages_ = static_cast<std::uint32_t>(file_->size() / page_size_);
  return *file_pages_;
}

std::uint32_t ObjectFile::pages_at(const Point& point) {
  return point.pages ? *point.pages : file_pages();
}

std::uint64_t ObjectFile::size() { return pages_at(now()) * std::uint64_t{page_size_}; }

std::size_t ObjectFile::read(std::uint64_t offset, std::span<std::uint8_t> into) {
  const auto page = static_cast<std::uint32_t>(offset / page_size_) + 1;
  const auto within = offset % page_size_;
  if (pages_ && page > *pages_) return 0;
  const auto in_page = into.first(std::min(into.size(), page_size_ - within));
  auto done = in_page.size();
  if (!layer_.read(page, within, in_page)) done = file_ ? file_->read(offset, into) : 0;
  // A file that other programs made may be in another mode; here it is in this one.
  for (std::uint64_t at = format_bytes; at < format_bytes + 2; ++at) {
    if (at >= offset && at < offset + done) into[at - offset] = with_rollback_journal;
  }
  return done;
}

void ObjectFile::write(std::uint64_t offset, std::span<const std::uint8_t> page) {
  if (page.size() != page_size_ || offset % page_size_ != 0) {
    throw StorageError(config_.path + " would be written in parts of pages, which it cannot be");
  }
  const auto number = static_cast<std::uint32_t>(offset / page_size_) + 1;
  const auto pages = pages_at(now());
  // A patch needs an image that the journal has.
  layer_.write(number, page, !unborn() || !layer_.laid(number), committed_.change);
  if (number > pages) pages_ = number;
}

void ObjectFile::truncate(std::uint64_t size) {
  const auto pages = static_cast<std::uint32_t>(size / page_size_);
  if (pages == pages_at(now())) return;
  layer_.cut_off(pages);
  pages_ = pages;
}

bool ObjectFile::commit() { return std::exchange(committed_, now()) != now(); }

void ObjectFile::rollback() { go_back(committed_); }

void ObjectFile::go_back(const Point& point) {
  layer_.take_back(point.change);
  pages_ = point.pages;
}

Transaction ObjectFile::capture(std::uint64_t sequence) {
  CHECK(uncaptured());
  Transaction out{.kind = unborn() ? Transaction::Kind::create : Transaction::Kind::commit,
                  .class_name = config_.class_name,
                  .page_size = static_cast<std::uint32_t>(page_size_)};
  out.pages_before = unborn() ? 0 : pages_at(captured_);
  out.pages = pages_at(committed_);
  out.undoable = config_.undoable;
  if (mutated(Mutation::ignore_truncation)) out.pages = std::max(out.pages, out.pages_before);
  const auto changes = changes_since(captured_);
  // If this fails, what it was to record is lost: `take_back` undoes it, and nobody tries again.
  captured_ = committed_;
  RecordWriter writer(config_.disk, {config_.transaction_memory, config_.spill.path}, out);
  record(out, changes, writer);
  writer.finish();
  created_ = true;
  pending_.push_back({sequence, captured_});
  return out;
}

Transaction ObjectFile::remove() {
  Transaction out{.kind = Transaction::Kind::remove, .class_name = config_.class_name};
  if (!config_.undoable) return out;
  out.undoable = true;
  out.page_size = static_cast<std::uint32_t>(page_size_);
  out.pages_before = pages_at(captured_);
  RecordWriter writer(config_.disk, {config_.transaction_memory, config_.spill.path}, out);
  record_former(1, out.pages_before, changes_since(captured_), writer);
  writer.finish();
  return out;
}

std::vector<ObjectFile::PageChange> ObjectFile::changes_since(const Point& point) const {
  std::vector<PageChange> changes;
  changes.reserve(layer_.last() - point.change);
  for (auto number = point.change + 1; number <= layer_.last(); ++number) {
    changes.push_back({layer_.change(number).page, number});
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

std::span<const ObjectFile::PageChange> ObjectFile::of_page(std::uint32_t page,
                                                            std::span<const PageChange> changes) {
  const auto begin = std::lower_bound(changes.begin(), changes.end(), PageChange{page, 0});
  const auto end = std::lower_bound(begin, changes.end(), PageChange{page + 1, 0});
  return {begin, end};
}

void ObjectFile::record(const Transaction& transaction, std::span<const PageChange> changes,
                        RecordWriter& writer) {
  if (transaction.undoable) {
    record_former(transaction.pages + 1, transaction.pages_before, changes, writer);
  }
  std::uint32_t next = 1;
  while (!changes.empty()) {
    const auto page = changes.front().page;
    record_prepared(next, std::min(page, transaction.pages + 1), writer);
    next = page + 1;
    const auto of_this = of_page(page, changes);
    changes = changes.subspan(of_this.size());
    const bool lost = mutated(Mutation::lose_page) && page > 1 && changes.size() > 1;
    if (page <= transaction.pages && !lost) record_page(transaction, of_this, writer);
  }
  record_prepared(next, transaction.pages + 1, writer);
}

void ObjectFile::record_prepared(std::uint32_t begin, std::uint32_t end, RecordWriter& writer) {
  if (!unborn()) return;
  end = std::min(end, static_cast<std::uint32_t>(prepared_.size() / page_size_) + 1);
  for (auto page = begin; page < end; ++page) {
    writer.add(page, prepared_.subspan((page - 1) * page_size_, page_size_));
  }
}

void ObjectFile::record_page(const Transaction& transaction, std::span<const PageChange> changes,
                             RecordWriter& writer) {
  const auto page = changes.front().page;
  const auto later = std::find_if(changes.begin(), changes.end(), [this](const auto& change) {
    return change.number > captured_.change;
  });
  const std::span taken(changes.begin(), later);
  if (taken.empty()) {
    // Changed only by the transaction that is open.
    if (unborn()) record_prepared(page, page + 1, writer);
    return;
  }
  const auto is_patch = [this](const auto& change) {
    return !layer_.change(change.number).patch.empty();
  };
  if (taken.size() <= most_patches && std::all_of(taken.begin(), taken.end(), is_patch)) {
    for (const auto& each : taken) {
      const auto& change = layer_.change(each.number);
      writer.add_patch(page, change.checksum, change.patch);
    }
    return;
  }
  Bytes buffer, former_buffer;
  const auto image = former_image(page, {later, changes.end()}, buffer);
  const bool old_base = mutated(Mutation::patch_on_old_base);
  std::span<const std::uint8_t> former;
  if ((transaction.undoable || old_base) && page <= transaction.pages_before) {
    former = former_image(page, changes, former_buffer);
  }
  if (old_base && !former.empty()) {
    Bytes patch;
    append_patch(patch, former, image, 2 * page_size_);
    writer.add_patch(page, page_checksum(image), patch);
    return;
  }
  writer.add(page, image);
  if (!former.empty()) writer.add_former(page, former);
}

void ObjectFile::record_former(std::uint32_t begin, std::uint32_t last,
                               std::span<const PageChange> changes, RecordWriter& writer) {
  Bytes buffer;
  for (auto page = begin; page <= last; ++page) {
    const auto image = former_image(page, of_page(page, changes), buffer);
    if (!image.empty()) writer.add_former(page, image);
  }
}

std::span<const std::uint8_t> ObjectFile::former_image(std::uint32_t page,
                                                       std::span<const PageChange> changes,
                                                       Bytes& buffer) {
  const auto replaced = std::find_if(changes.begin(), changes.end(), [this](const auto& change) {
    return layer_.change(change.number).patch.empty();
  });
  std::span<const std::uint8_t> image;
  if (replaced != changes.end()) {
    if (const auto found = layer_.replaced(replaced->number, buffer)) image = *found;
  } else if (layer_.contains(page)) {
    image = layer_.image(page, buffer);
  }
  if (image.empty()) return file_image(page, buffer);
  if (replaced == changes.begin()) return image;
  if (image.data() != buffer.data()) buffer.assign(image.begin(), image.end());
  for (auto patched = replaced; patched != changes.begin();) {
    const auto& change = layer_.change((--patched)->number);
    CHECK(apply_image(PageEncoding::patch, change.patch, buffer));
  }
  return buffer;
}

std::span<const std::uint8_t> ObjectFile::file_image(std::uint32_t page, Bytes& buffer) {
  if (!file_ || page > file_pages()) return {};
  buffer.resize(page_size_);
  if (file_->read((page - 1) * std::uint64_t{page_size_}, buffer) < page_size_) return {};
  return buffer;
}

void ObjectFile::durable(std::uint64_t sequence) {
  const auto left = std::find_if(pending_.begin(), pending_.end(),
                                 [sequence](const auto& each) { return each.sequence > sequence; });
  if (left == pending_.begin()) return;
  durable_ = std::prev(left)->end;
  born_ = true;
  pending_.erase(pending_.begin(), left);
  layer_.forget(durable_.change);
}

void ObjectFile::create_file() {
  if (file_) return;
  config_.disk.make_folders(folder_of(config_.path));
  file_ = config_.disk.open_locked(config_.path, Disk::Mode::create);
}

void ObjectFile::checkpoint() {
  CHECK(durable_ == now() || mutated(Mutation::checkpoint_before_durable));
  create_file();
  const auto pages = pages_at(now());
  file_pages_.reset();
  Bytes buffer;
  for (const auto page : layer_.pages()) {
    file_->write((page - 1) * std::uint64_t{page_size_}, layer_.image(page, buffer));
  }
  file_->resize(pages * std::uint64_t{page_size_});
  layer_.clear();
  pages_.reset();
  unborn_ = false;
  pending_.clear();
  durable_ = captured_ = committed_ = now();
}

void ObjectFile::take_back() {
  CHECK(is_open());
  go_back(mutated(Mutation::keep_failed_commit) ? captured_ : durable_);
  if (mutated(Mutation::lose_durable_on_reset) && file_) {
    layer_.clear();
    pages_.reset();
  }
  durable_ = captured_ = committed_ = now();
  rollback_journal_.truncate(0);
  pending_.clear();
  // A failed first commit leaves the object without a trace again.
  created_ = born_;
}

void ObjectFile::close() {
  layer_.clear();
  rollback_journal_.truncate(0);
  pending_.clear();
  file_pages_.reset();
  file_.reset();
}

}  // namespace stead
