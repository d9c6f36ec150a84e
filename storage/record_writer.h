#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/disk.h"
#include "storage/journal_format.h"
#include "storage/transaction.h"

namespace stead {

/// Writes the page entries of a transaction: in memory, or from a size on in a file without a name.
///
/// Thread: one. Fails: DiskError, if that file cannot be written.
class RecordWriter final {
 public:
  struct Limits {
    /// From this size on, what was written goes to a file.
    std::size_t memory = 4 << 20;
    /// Where that file is made: here, with `-record` behind it. Must outlive the writer.
    const std::string& spill_path;
  };

  RecordWriter(Disk& disk, Limits limits, Transaction& out)
      : disk_(disk), limits_(limits), out_(out) {
    out_.bytes.reserve(usual_size);
  }

  /// The page's new image, whole.
  void add(std::uint32_t page, std::span<const std::uint8_t> image);
  /// A patch on the image that the journal has of the page, and the checksum of what comes out.
  void add_patch(std::uint32_t page, std::uint32_t checksum, std::span<const std::uint8_t> patch);
  /// The image from before the transaction. That of a page which was added whole follows it.
  void add_former(std::uint32_t page, std::span<const std::uint8_t> image);
  void finish();

 private:
  /// Enough for a patch or two.
  static constexpr std::size_t usual_size = 256;

  void add_image(journal_format::PageEntry entry, std::span<const std::uint8_t> image);
  std::size_t begin(const journal_format::PageEntry& entry);
  void end(std::size_t at, journal_format::PageEntry& entry);
  void spill();

  Disk& disk_;
  const Limits limits_;
  Transaction& out_;
  std::uint64_t spilled_ = 0;
};

}  // namespace stead
