#include "storage/object_file.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "base/check.h"
#include "storage/mutation.h"
#include "storage/page_size.h"
#include "storage/record_writer.h"

namespace stead {

namespace {

/// Where in the header SQLite says how the file is written and read; 2 is by a write-ahead log.
constexpr std::size_t format_bytes = 18;
constexpr std::uint8_t by_log = 2;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

/// Writes the pages of a transaction, with those from before it if it is undoable.
class ObjectFile::Recorder {
 public:
  Recorder(ObjectFile& file, Transaction& transaction)
      : file_(file),
        out_(transaction),
        writer_(file.config_.disk, {file.config_.transaction_memory, file.config_.wal.spill_path},
                transaction) {}

  /// A page of the prepared image.
  void add(std::uint32_t page, std::span<const std::uint8_t> image) { writer_.add(page, image); }

  /// A frame of the log, as a patch if the log has the page's former image too. A page that the
  /// database did not have before has none: that of a former life is not in the file.
  void add(std::size_t frame) {
    auto& wal = file_.wal_;
    const auto page = wal.page_of(frame);
    const auto former = wal.latest(page);
    std::span<const std::uint8_t> base;
    if (former && page <= out_.pages_before && !wal.spilled(*former)) {
      base = wal.image(*former, base_);
    }
    if (!former && mutated(Mutation::patch_on_old_base) && !file_.unborn()) {
      base = file_.former_image(page, base_);
    }
    const bool patched = writer_.add(page, wal.image(frame, image_), base);
    if (out_.undoable && !patched && page <= out_.pages_before) add_former(page);
  }

  void add_former(std::uint32_t page) {
    const auto image = file_.former_image(page, former_);
    if (!image.empty()) writer_.add_former(page, image);
  }

  void finish() { writer_.finish(); }

 private:
  ObjectFile& file_;
  const Transaction& out_;
  RecordWriter writer_;
  std::vector<std::uint8_t> image_;
  std::vector<std::uint8_t> base_;
  std::vector<std::uint8_t> former_;
};

ObjectFile::ObjectFile(Config config)
    : config_(std::move(config)), wal_(config_.disk, config_.wal) {}

void ObjectFile::open_file() {
  CHECK(!is_open());
  file_ = config_.disk.open_locked(config_.path, Disk::Mode::write);
  page_size_ = read_page_size(*file_, config_.path);
}

void ObjectFile::open_image(std::span<const std::uint8_t> image) {
  CHECK(!is_open());
  unborn_ = true;
  page_size_ = Disk::block;
  pages_ = static_cast<std::uint32_t>(image.size() / page_size_);
  for (std::uint32_t page = 1; page <= *pages_; ++page) {
    overlay_[page] = {.image = image.data() + (page - 1) * page_size_};
  }
}

std::uint32_t ObjectFile::pages() {
  if (pages_) return *pages_;
  if (!file_pages_) file_pages_ = static_cast<std::uint32_t>(file_->size() / page_size_);
  return *file_pages_;
}

std::uint64_t ObjectFile::size() { return pages() * std::uint64_t{page_size_}; }

std::size_t ObjectFile::read(std::uint64_t offset, std::span<std::uint8_t> into) {
  const auto page = static_cast<std::uint32_t>(offset / page_size_) + 1;
  const auto within = offset % page_size_;
  std::size_t done = 0;
  if (pages_ && page > *pages_) return 0;
  if (const auto found = overlay_.find(page); found != overlay_.end()) {
    done = std::min(into.size(), page_size_ - within);
    std::memcpy(into.data(), found->second.image + within, done);
  } else if (file_) {
    done = file_->read(offset, into);
  }
  // A file that other programs made may not be in this mode; here it is.
  for (std::uint64_t at = format_bytes; at < format_bytes + 2; ++at) {
    if (at >= offset && at < offset + done) into[at - offset] = by_log;
  }
  return done;
}

std::span<const std::uint8_t> ObjectFile::former_image(std::uint32_t page,
                                                       std::vector<std::uint8_t>& buffer) {
  if (const auto frame = wal_.latest(page)) return wal_.image(*frame, buffer);
  buffer.resize(page_size_);
  if (read((page - 1) * std::uint64_t{page_size_}, buffer) < page_size_) return {};
  return buffer;
}

void ObjectFile::write(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  CHECK(file_);
  file_pages_.reset();
  file_->write(offset, bytes);
  overlay_.erase(static_cast<std::uint32_t>(offset / page_size_) + 1);
  if (pages_) pages_ = std::max<std::uint32_t>(*pages_, (offset + bytes.size()) / page_size_);
}

void ObjectFile::truncate(std::uint64_t size) {
  CHECK(file_);
  file_pages_.reset();
  file_->resize(size);
  if (pages_) pages_ = static_cast<std::uint32_t>(size / page_size_);
}

Transaction ObjectFile::capture(std::uint64_t sequence) {
  const auto end = wal_.committed();
  CHECK(captured_ < end);
  Transaction out{.kind = unborn() ? Transaction::Kind::create : Transaction::Kind::commit,
                  .class_name = config_.class_name,
                  .page_size = static_cast<std::uint32_t>(page_size_)};
  out.pages_before = unborn() ? 0 : captured_pages_.value_or(pages());
  out.pages = wal_.pages_after(end - 1);
  out.undoable = config_.undoable;
  if (mutated(Mutation::ignore_truncation)) out.pages = std::max(out.pages, out.pages_before);
  // If this fails, what it was to record is lost: `fold` takes it back, and nobody tries again.
  const auto begin = std::exchange(captured_, end);
  record(begin, end, sequence, out);
  captured_pages_ = out.pages;
  created_ = true;
  pending_.push_back({sequence, end});
  return out;
}

void ObjectFile::record(std::size_t begin, std::size_t end, std::uint64_t sequence,
                        Transaction& out) {
  Recorder recorder(*this, out);
  if (unborn()) {
    // The prepared image, but for what the first commit has changed of it.
    std::set<std::uint32_t> changed;
    for (auto frame = begin; frame < end; ++frame) changed.insert(wal_.page_of(frame));
    for (const auto& [page, kept] : overlay_) {
      if (!changed.contains(page)) recorder.add(page, {kept.image, page_size_});
    }
  }
  if (out.undoable) {
    for (auto page = out.pages + 1; page <= out.pages_before; ++page) recorder.add_former(page);
  }
  for (auto frame = begin; frame < end; ++frame) {
    const bool lost = mutated(Mutation::lose_page) && end - begin > 2 && frame == begin;
    if (!lost) recorder.add(frame);
    wal_.adopt(frame, sequence);
  }
  if (out.pages < out.pages_before) wal_.cut_off(out.pages);
  recorder.finish();
}

Transaction ObjectFile::remove() {
  Transaction out{.kind = Transaction::Kind::remove, .class_name = config_.class_name};
  if (!config_.undoable) return out;
  out.undoable = true;
  out.page_size = static_cast<std::uint32_t>(page_size_);
  out.pages_before = captured_pages_.value_or(pages());
  Recorder recorder(*this, out);
  for (std::uint32_t page = 1; page <= out.pages_before; ++page) recorder.add_former(page);
  recorder.finish();
  return out;
}

void ObjectFile::durable(std::uint64_t sequence) {
  while (!pending_.empty() && pending_.front().sequence <= sequence) {
    durable_frames_ = pending_.front().frames;
    born_ = true;
    pending_.pop_front();
  }
  wal_.durable(sequence);
}

void ObjectFile::create_file() {
  if (file_) return;
  config_.disk.make_folders(folder_of(config_.path));
  file_ = config_.disk.open_locked(config_.path, Disk::Mode::create);
}

void ObjectFile::flush() {
  CHECK(!pending() || mutated(Mutation::checkpoint_before_durable));
  create_file();
  if (!pages_) return;
  file_pages_.reset();
  // Pages that the log has newer will be written by its checkpoint.
  const auto kept = pages();
  for (const auto& [page, layer] : overlay_) {
    if (page <= kept && !wal_.latest(page)) {
      file_->write((page - 1) * std::uint64_t{page_size_}, {layer.image, page_size_});
    }
  }
  file_->resize(kept * std::uint64_t{page_size_});
}

void ObjectFile::checkpointed() {
  overlay_.clear();
  own_pages_ = 0;
  pages_.reset();
  unborn_ = false;
  pending_.clear();
  captured_ = 0;
  durable_frames_ = 0;
  captured_pages_.reset();
}

void ObjectFile::put(std::uint32_t page, std::span<const std::uint8_t> image) {
  auto own = std::make_unique_for_overwrite<std::uint8_t[]>(image.size());
  std::memcpy(own.get(), image.data(), image.size());
  const auto* bytes = own.get();
  overlay_[page] = {.image = bytes, .own = std::move(own)};
}

void ObjectFile::fold() {
  CHECK(is_open());
  const auto frames = mutated(Mutation::keep_failed_commit) ? captured_ : durable_frames_;
  if (frames > 0 && !mutated(Mutation::lose_durable_on_reset)) {
    std::vector<std::uint8_t> buffer;
    // Of each page the last image wins; those before it may be gone already.
    for (std::size_t frame = 0; frame < frames; ++frame) {
      if (wal_.present(frame)) put(wal_.page_of(frame), wal_.image(frame, buffer));
    }
    pages_ = wal_.pages_after(frames - 1);
    overlay_.erase(overlay_.upper_bound(*pages_), overlay_.end());
    own_pages_ = static_cast<std::size_t>(
        std::count_if(overlay_.begin(), overlay_.end(),
                      [](const auto& each) { return each.second.own != nullptr; }));
  }
  // A failed first commit leaves the object without a trace again.
  created_ = born_;
  wal_.clear();
  pending_.clear();
  captured_ = 0;
  durable_frames_ = 0;
  captured_pages_.reset();
}

void ObjectFile::close() {
  wal_.clear();
  overlay_.clear();
  own_pages_ = 0;
  pending_.clear();
  file_pages_.reset();
  file_.reset();
}

}  // namespace stead
