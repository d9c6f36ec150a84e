#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "tests/sim/seeded.h"

namespace stead::test {

/// The contents of one simulated file: as they read now, and what of them is durable.
///
/// A crash may leave each 512-byte sector as it was at any time since the last sync, each apart
/// from the others, and the size likewise; a sector is never half written. What the file once lost
/// by becoming shorter does not come back once the shorter size is durable.
///
/// Thread: one. Owner: the disk's names and the open files, together.
class SimulatedContents final {
 public:
  static constexpr std::uint64_t sector = 512;

  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> into) const;
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  void resize(std::uint64_t size);
  std::uint64_t size() const { return now_.size(); }

  void sync();
  /// A sync that fails: some of what was written since the last one is durable, and the rest either
  /// stays to be written or, though it still reads as written, never will be.
  void fail_sync(Seeded& seed);
  /// From now on it reads as the crash left it.
  void crash(Seeded& seed);
  /// Damages what is stored. Requires `offset < size()`.
  void flip_bit(std::uint64_t offset, unsigned bit);

  const Bytes& durable() const { return durable_; }
  bool dirty() const { return !changes_.empty(); }

 private:
  struct Change {
    bool is_resize;
    /// Where a write begins, or the new size.
    std::uint64_t offset;
    Bytes bytes;
  };

  static void apply(const Change& change, Bytes& contents);
  /// Takes as much of the changes into `durable_` as the seed says.
  void settle(Seeded& seed);
  void settle_torn(std::size_t whole, Seeded& seed);
  void settle_in_any_order(Seeded& seed);
  void settle_sector(std::uint64_t number, std::size_t resizes_until, Bytes& result, Seeded& seed);

  Bytes now_;
  Bytes durable_;
  /// Since the last sync.
  std::vector<Change> changes_;
};

}  // namespace stead::test
