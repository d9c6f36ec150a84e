#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "storage/disk.h"
#include "storage/spill_file.h"

namespace stead {

/// The pages of a database that differ from its file, and how they came to be: each change can be
/// taken back, latest first, until it is forgotten.
///
/// A page has one image, which a small change patches in place. Images beyond a bound go to a file
/// without a name. Changes are numbered from 1, and those that are taken back give their numbers to
/// others.
///
/// Thread: the object's. Owner: `ObjectFile`. Fails: DiskError, if a spill cannot be written; then
/// nothing has changed.
class PageLayer final {
 public:
  /// How a page became what it is.
  struct Change {
    std::uint32_t page = 0;
    /// Of the page as it came out of a patch.
    std::uint32_t checksum = 0;
    /// What to XOR, as `append_patch` writes it, in both directions. Empty if the page was
    /// replaced.
    Bytes patch{};
  };

  /// `limits` must outlive it.
  PageLayer(Disk& disk, const SpillLimits& limits) : disk_(disk), limits_(limits) {}

  /// Lays down an image that must outlive the layer, without a change.
  void lay(std::uint32_t page, std::span<const std::uint8_t> image);
  /// Makes this the page's image. As a patch, if that is short, the page is there and `patches`;
  /// and without a new change if it was replaced by one after `since` already.
  void write(std::uint32_t page, std::span<const std::uint8_t> image, bool patches,
             std::uint64_t since);
  /// The database ends behind this page now: forgets the images of others.
  void cut_off(std::uint32_t pages);

  bool empty() const { return images_.empty(); }
  bool contains(std::uint32_t page) const { return images_.contains(page); }
  /// Whether the page's image is one that was laid down, or patched since.
  bool laid(std::uint32_t page) const;
  /// In ascending order.
  std::vector<std::uint32_t> pages() const;
  /// Copies from the page's image. False if it is not there.
  bool read(std::uint32_t page, std::size_t offset, std::span<std::uint8_t> into);
  /// The page's image, in place or read into `buffer`. Requires that it is there.
  std::span<const std::uint8_t> image(std::uint32_t page, Bytes& buffer);

  /// The number of the last change.
  std::uint64_t last() const { return forgotten_ + changes_.size() - head_; }
  /// Requires that it is neither taken back nor forgotten.
  const Change& change(std::uint64_t number) const { return at(number).change; }
  /// The page's image before it was replaced by a change; nothing if it was not there.
  std::optional<std::span<const std::uint8_t>> replaced(std::uint64_t number, Bytes& buffer);
  /// Takes changes back until this is the last.
  void take_back(std::uint64_t number);
  /// Forgets how the pages were before the changes up to this one.
  void forget(std::uint64_t number);
  /// Forgets everything.
  void clear();

  /// Bytes of images that are held in memory.
  std::size_t memory() const { return memory_; }

 private:
  /// In memory of its own, laid down, or in the spill file.
  struct Image {
    const std::uint8_t* bytes = nullptr;
    std::unique_ptr<std::uint8_t[]> own{};
    std::uint64_t slot = 0;
    /// The change that put it here whole; 0 if it was laid down.
    std::uint64_t made_by = 0;
  };
  struct Undo {
    Change change{};
    /// What was replaced; nothing if the page was not there, or was patched.
    std::optional<Image> replaced{};
  };

  Undo& at(std::uint64_t number) { return changes_[head_ + (number - forgotten_ - 1)]; }
  const Undo& at(std::uint64_t number) const { return changes_[head_ + (number - forgotten_ - 1)]; }
  bool patch(Image& image, std::uint32_t page, std::span<const std::uint8_t> bytes);
  void replace(std::uint32_t page, std::span<const std::uint8_t> bytes);
  /// A new image, in memory or spilled.
  Image store(std::span<const std::uint8_t> bytes);
  void drop(Image& image);
  std::span<const std::uint8_t> content(const Image& image, Bytes& buffer);
  DiskFile& spill();

  Disk& disk_;
  const SpillLimits& limits_;
  std::size_t page_size_ = 0;
  std::size_t memory_ = 0;
  std::unordered_map<std::uint32_t, Image> images_;
  /// Those before `head_` are forgotten.
  std::vector<Undo> changes_;
  std::size_t head_ = 0;
  std::uint64_t forgotten_ = 0;
  std::unique_ptr<DiskFile> spill_;
  /// Slots of the spill file, and those of them that are free.
  std::uint64_t slots_ = 0;
  std::vector<std::uint64_t> free_slots_;
};

}  // namespace stead
