#include "storage/page_layer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "storage/page_codec.h"

namespace stead {

namespace {

/// A longer patch is not worth more than a compressed image.
constexpr std::size_t longest_patch = 512;
/// So many forgotten changes may lie before the others.
constexpr std::size_t slack = 64;

}  // namespace

void PageLayer::lay(std::uint32_t page, std::span<const std::uint8_t> image) {
  page_size_ = image.size();
  images_[page] = {.bytes = image.data()};
}

void PageLayer::write(std::uint32_t page, std::span<const std::uint8_t> image, bool patches,
                      std::uint64_t since) {
  page_size_ = image.size();
  const auto found = images_.find(page);
  if (found != images_.end()) {
    auto& present = found->second;
    if (present.made_by > since) {
      if (present.own) {
        std::memcpy(present.own.get(), image.data(), image.size());
      } else {
        spill().write(present.slot * page_size_, image);
      }
      return;
    }
    if (patches && present.bytes && patch(present, page, image)) return;
  }
  replace(page, image);
}

bool PageLayer::patch(Image& image, std::uint32_t page, std::span<const std::uint8_t> bytes) {
  Bytes patch;
  if (!append_patch(patch, {image.bytes, page_size_}, bytes, longest_patch)) return false;
  if (patch.empty()) return true;
  std::unique_ptr<std::uint8_t[]> own;
  if (!image.own) own = std::make_unique_for_overwrite<std::uint8_t[]>(page_size_);
  changes_.push_back(
      {.change = {.page = page, .checksum = page_checksum(bytes), .patch = std::move(patch)}});
  if (own) {
    std::memcpy(own.get(), bytes.data(), page_size_);
    image.own = std::move(own);
    image.bytes = image.own.get();
    memory_ += page_size_;
  } else {
    CHECK(apply_image(PageEncoding::patch, changes_.back().change.patch,
                      {image.own.get(), page_size_}));
  }
  return true;
}

void PageLayer::replace(std::uint32_t page, std::span<const std::uint8_t> bytes) {
  if (changes_.size() == changes_.capacity()) changes_.reserve(2 * changes_.size() + 1);
  const auto [entry, added] = images_.try_emplace(page);
  auto& image = entry->second;
  Image made;
  try {
    made = store(bytes);
  } catch (...) {
    if (added) images_.erase(entry);
    throw;
  }
  auto& undo = changes_.emplace_back(Undo{.change = {.page = page}});
  if (!added) undo.replaced = std::move(image);
  image = std::move(made);
  image.made_by = last();
}

void PageLayer::cut_off(std::uint32_t pages) {
  std::vector<std::uint32_t> gone;
  for (const auto& [page, image] : images_) {
    if (page > pages) gone.push_back(page);
  }
  changes_.reserve(changes_.size() + gone.size());
  for (const auto page : gone) {
    const auto found = images_.find(page);
    changes_.push_back({.change = {.page = page}, .replaced = std::move(found->second)});
    images_.erase(found);
  }
}

bool PageLayer::laid(std::uint32_t page) const {
  const auto found = images_.find(page);
  return found != images_.end() && found->second.made_by == 0;
}

std::vector<std::uint32_t> PageLayer::pages() const {
  std::vector<std::uint32_t> pages;
  pages.reserve(images_.size());
  for (const auto& [page, image] : images_) pages.push_back(page);
  std::sort(pages.begin(), pages.end());
  return pages;
}

bool PageLayer::read(std::uint32_t page, std::size_t offset, std::span<std::uint8_t> into) {
  const auto found = images_.find(page);
  if (found == images_.end()) return false;
  const auto& image = found->second;
  if (image.bytes) {
    std::memcpy(into.data(), image.bytes + offset, into.size());
  } else {
    CHECK(spill().read(image.slot * page_size_ + offset, into) == into.size());
  }
  return true;
}

std::span<const std::uint8_t> PageLayer::image(std::uint32_t page, Bytes& buffer) {
  return content(images_.at(page), buffer);
}

std::span<const std::uint8_t> PageLayer::content(const Image& image, Bytes& buffer) {
  if (image.bytes) return {image.bytes, page_size_};
  buffer.resize(page_size_);
  CHECK(spill().read(image.slot * page_size_, buffer) == page_size_);
  return buffer;
}

std::optional<std::span<const std::uint8_t>> PageLayer::replaced(std::uint64_t number,
                                                                 Bytes& buffer) {
  const auto& undo = at(number);
  if (!undo.replaced) return std::nullopt;
  return content(*undo.replaced, buffer);
}

void PageLayer::take_back(std::uint64_t number) {
  CHECK(number >= forgotten_);
  while (last() > number) {
    auto& undo = changes_.back();
    const auto page = undo.change.page;
    const auto found = images_.find(page);
    if (!undo.change.patch.empty()) {
      CHECK(apply_image(PageEncoding::patch, undo.change.patch,
                        {found->second.own.get(), page_size_}));
    } else {
      if (found != images_.end()) drop(found->second);
      if (undo.replaced) {
        images_[page] = std::move(*undo.replaced);
      } else {
        images_.erase(found);
      }
    }
    changes_.pop_back();
  }
}

void PageLayer::forget(std::uint64_t number) {
  CHECK(number <= last());
  for (; forgotten_ < number; ++forgotten_) {
    auto& undo = changes_[head_++];
    if (undo.replaced) drop(*undo.replaced);
    undo = Undo();
  }
  if (head_ == changes_.size()) {
    changes_.clear();
    head_ = 0;
  } else if (head_ >= slack && head_ * 2 >= changes_.size()) {
    changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void PageLayer::clear() {
  forgotten_ = last();
  images_.clear();
  changes_ = std::vector<Undo>();
  head_ = 0;
  memory_ = 0;
  spill_.reset();
  slots_ = 0;
  free_slots_ = std::vector<std::uint64_t>();
}

PageLayer::Image PageLayer::store(std::span<const std::uint8_t> bytes) {
  Image image;
  if (memory_ + page_size_ <= limits_.memory) {
    image.own = std::make_unique_for_overwrite<std::uint8_t[]>(page_size_);
    std::memcpy(image.own.get(), bytes.data(), page_size_);
    image.bytes = image.own.get();
    memory_ += page_size_;
    return image;
  }
  // So that `drop` needs no memory.
  if (free_slots_.capacity() <= slots_) free_slots_.reserve(2 * slots_ + slack);
  image.slot = free_slots_.empty() ? slots_ : free_slots_.back();
  spill().write(image.slot * page_size_, bytes);
  if (free_slots_.empty()) {
    ++slots_;
  } else {
    free_slots_.pop_back();
  }
  return image;
}

void PageLayer::drop(Image& image) {
  if (image.own) memory_ -= page_size_;
  if (!image.bytes) free_slots_.push_back(image.slot);
  image.own.reset();
}

DiskFile& PageLayer::spill() {
  if (!spill_) spill_ = open_spill_file(disk_, limits_.path);
  return *spill_;
}

}  // namespace stead
