#include "storage/file_draft.h"

#include <algorithm>

#include "base/check.h"
#include "storage/page_size.h"
#include "storage/record_writer.h"

namespace stead {

namespace {

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// What is behind a file's end is zeros.
void read_page(DiskFile& file, std::uint64_t offset, std::span<std::uint8_t> into) {
  const auto count = file.read(offset, into);
  std::fill(into.begin() + static_cast<std::ptrdiff_t>(count), into.end(), std::uint8_t{0});
}

std::uint32_t pages_of(DiskFile& file, std::size_t page_size) {
  return static_cast<std::uint32_t>(file.size() / page_size);
}

}  // namespace

FileDraft::FileDraft(Disk& disk, Config config) : disk_(disk), config_(std::move(config)) {
  disk_.make_folders(folder_of(config_.scratch_path));
  scratch_ = disk_.open(config_.scratch_path, Disk::Mode::create);
  disk_.remove(config_.scratch_path);
  if (!disk_.exists(config_.path)) return;
  base_ = disk_.open(config_.path, Disk::Mode::read);
  page_size_ = read_page_size(*base_, config_.path);
  pages_ = base_pages_ = pages_of(*base_, page_size_);
  exists_ = true;
}

void FileDraft::read_base(std::uint32_t page, std::span<std::uint8_t> into) {
  read_page(*base_, offset_of(page), into);
}

void FileDraft::read(std::uint32_t page, std::span<std::uint8_t> into) {
  CHECK(exists_ && page >= 1 && page <= pages_ && into.size() == page_size_);
  if (changed(page)) {
    read_page(*scratch_, offset_of(page), into);
  } else {
    read_base(page, into);
  }
}

void FileDraft::write(std::uint32_t page, std::span<const std::uint8_t> image) {
  CHECK(exists_ && page >= 1 && page <= pages_ && image.size() == page_size_);
  scratch_->write(offset_of(page), image);
  if (page > changed_.size()) changed_.resize(page);
  changed_[page - 1] = true;
}

void FileDraft::resize(std::uint32_t pages) {
  const Bytes zeros(page_size_);
  while (pages_ < pages) write(++pages_, zeros);
  pages_ = pages;
}

void FileDraft::remove() {
  exists_ = false;
  pages_ = 0;
}

void FileDraft::create(std::size_t page_size) {
  CHECK(!exists_);
  if (base_ && page_size != page_size_) {
    throw StorageError(config_.path + " has pages of " + std::to_string(page_size_) +
                       " bytes, but is to become one with pages of " + std::to_string(page_size) +
                       " bytes: that cannot be one commit");
  }
  page_size_ = page_size;
  exists_ = true;
}

void FileDraft::become(const std::string& other) {
  const auto file = disk_.open(other, Disk::Mode::read);
  const auto page_size = read_page_size(*file, other);
  if (exists_ && page_size != page_size_) remove();
  if (!exists_) create(page_size);
  const auto pages = pages_of(*file, page_size);
  pages_ = std::min(pages_, pages);
  Bytes present(page_size_);
  Bytes wanted(page_size_);
  for (std::uint32_t page = 1; page <= pages; ++page) {
    read_page(*file, offset_of(page), wanted);
    if (page <= pages_) read(page, present);
    const bool same = page <= pages_ && present == wanted;
    pages_ = std::max(pages_, page);
    if (!same) write(page, wanted);
  }
}

std::optional<Transaction> FileDraft::transaction() {
  if (!exists_ && !base_) return std::nullopt;
  using Kind = Transaction::Kind;
  Transaction out{
      .kind = !exists_ ? Kind::remove : (base_ ? Kind::commit : Kind::create),
      .class_name = config_.class_name,
      .page_size = static_cast<std::uint32_t>(page_size_),
      .pages = pages_,
      .pages_before = base_pages_,
      .undoable = true,
  };
  RecordWriter writer(disk_, {.spill_path = config_.scratch_path}, out);
  Bytes former(page_size_);
  for (auto page = pages_ + 1; page <= base_pages_; ++page) {
    read_base(page, former);
    writer.add_former(page, former);
  }
  Bytes image(page_size_);
  for (std::uint32_t page = 1; page <= pages_; ++page) {
    if (!changed(page)) continue;
    read(page, image);
    if (page <= base_pages_) read_base(page, former);
    if (page <= base_pages_ && image == former) continue;
    // Whole, not as a patch: the file may have the page already when it is applied again.
    writer.add(page, image);
    if (page <= base_pages_) writer.add_former(page, former);
  }
  if (out.kind == Kind::commit && out.entries == 0 && pages_ == base_pages_) return std::nullopt;
  writer.finish();
  return out;
}

void FileDraft::apply() {
  if (!exists_) {
    base_.reset();
    disk_.remove(config_.path);
    return;
  }
  disk_.make_folders(folder_of(config_.path));
  const auto file = disk_.open_locked(config_.path, Disk::Mode::create);
  Bytes image(page_size_);
  for (std::uint32_t page = 1; page <= pages_; ++page) {
    if (!changed(page)) continue;
    read(page, image);
    file->write(offset_of(page), image);
  }
  file->resize(pages_ * std::uint64_t{page_size_});
}

void FileDraft::write_to(const std::string& path) {
  CHECK(exists_);
  const auto file = disk_.open(path, Disk::Mode::create);
  Bytes image(page_size_);
  for (std::uint32_t page = 1; page <= pages_; ++page) {
    read(page, image);
    file->write(offset_of(page), image);
  }
}

}  // namespace stead
