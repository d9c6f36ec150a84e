#include "tests/sim/simulated_contents.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace stead::test {

std::size_t SimulatedContents::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
  if (offset >= now_.size()) return 0;
  const auto count = std::min<std::size_t>(into.size(), now_.size() - offset);
  if (count != 0) std::memcpy(into.data(), now_.data() + offset, count);
  return count;
}

void SimulatedContents::write(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return;
  changes_.push_back({false, offset, Bytes(bytes.begin(), bytes.end())});
  apply(changes_.back(), now_);
}

void SimulatedContents::resize(std::uint64_t size) {
  if (size == now_.size()) return;
  changes_.push_back({true, size, {}});
  apply(changes_.back(), now_);
}

void SimulatedContents::apply(const Change& change, Bytes& contents) {
  if (change.is_resize) {
    contents.resize(change.offset);
    return;
  }
  const auto end = change.offset + change.bytes.size();
  if (end > contents.size()) contents.resize(end);
  std::memcpy(contents.data() + change.offset, change.bytes.data(), change.bytes.size());
}

void SimulatedContents::sync() {
  for (const auto& change : changes_) apply(change, durable_);
  changes_.clear();
}

void SimulatedContents::fail_sync(Seeded& seed) {
  if (seed.chance(50)) return;
  settle(seed);
}

void SimulatedContents::crash(Seeded& seed) {
  settle(seed);
  now_ = durable_;
}

void SimulatedContents::flip_bit(std::uint64_t offset, unsigned bit) {
  CHECK(offset < now_.size());
  const auto mask = static_cast<std::uint8_t>(1U << bit);
  now_[offset] ^= mask;
  if (offset < durable_.size()) durable_[offset] ^= mask;
}

void SimulatedContents::settle(Seeded& seed) {
  if (changes_.empty()) return;
  const auto how = seed.below(100);
  if (how < 25) {
    for (const auto& change : changes_) apply(change, durable_);
  } else if (how < 45) {
    // Nothing has reached the disk.
  } else if (how < 65) {
    settle_torn(seed.below(changes_.size()), seed);
  } else {
    settle_in_any_order(seed);
  }
  changes_.clear();
}

void SimulatedContents::settle_torn(std::size_t whole, Seeded& seed) {
  for (std::size_t i = 0; i < whole; ++i) apply(changes_[i], durable_);
  const auto& torn = changes_[whole];
  if (torn.is_resize) return;
  const auto end = torn.offset + torn.bytes.size();
  for (auto from = torn.offset; from < end;) {
    const auto to = std::min(end, (from / sector + 1) * sector);
    if (seed.chance(60)) {
      const auto first = torn.bytes.begin() + static_cast<std::ptrdiff_t>(from - torn.offset);
      apply({false, from, Bytes(first, first + static_cast<std::ptrdiff_t>(to - from))}, durable_);
    }
    from = to;
  }
}

void SimulatedContents::settle_in_any_order(Seeded& seed) {
  // The size goes through its history in order, up to some point of it.
  const auto resizes_until = static_cast<std::size_t>(seed.below(changes_.size() + 1));
  std::uint64_t size = durable_.size();
  for (std::size_t i = 0; i < resizes_until; ++i) {
    const auto& change = changes_[i];
    size = change.is_resize ? change.offset : std::max(size, change.offset + change.bytes.size());
  }
  Bytes result(size);
  for (std::uint64_t number = 0; number * sector < size; ++number) {
    settle_sector(number, resizes_until, result, seed);
  }
  durable_ = std::move(result);
}

void SimulatedContents::settle_sector(std::uint64_t number, std::size_t resizes_until,
                                      Bytes& result, Seeded& seed) {
  const auto begin = number * sector;
  const auto end = begin + sector;
  const auto touches = [&](const Change& change) {
    if (change.is_resize) return change.offset < end;
    return change.offset < end && change.offset + change.bytes.size() > begin;
  };
  // Which changes a state of this sector may be that after: those of a shorter size that holds have
  // happened, and those of one that does not hold have not.
  std::size_t low = 0;
  std::size_t high = changes_.size();
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (!changes_[i].is_resize || !touches(changes_[i])) continue;
    if (i < resizes_until) {
      low = i + 1;
    } else {
      high = std::min(high, i);
    }
  }
  std::vector<std::size_t> states{low};
  for (auto i = low; i < high; ++i) {
    if (touches(changes_[i])) states.push_back(i + 1);
  }
  const auto state = seed.pick(states);

  std::array<std::uint8_t, sector> bytes{};
  if (begin < durable_.size()) {
    std::memcpy(bytes.data(), durable_.data() + begin,
                std::min<std::size_t>(sector, durable_.size() - begin));
  }
  for (std::size_t i = 0; i < state; ++i) {
    const auto& change = changes_[i];
    if (!touches(change)) continue;
    if (change.is_resize) {
      const auto kept = change.offset > begin ? change.offset - begin : 0;
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(kept), bytes.end(), std::uint8_t{0});
      continue;
    }
    const auto from = std::max(begin, change.offset);
    const auto to = std::min(end, change.offset + change.bytes.size());
    std::memcpy(bytes.data() + (from - begin), change.bytes.data() + (from - change.offset),
                to - from);
  }
  std::memcpy(result.data() + begin, bytes.data(),
              std::min<std::size_t>(sector, result.size() - begin));
}

}  // namespace stead::test
