#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace stead {

/// Counts times in buckets whose width grows with the value, so that every quantile is exact to
/// 1/64 (1.6 %) in constant memory, as HdrHistogram does.
///
/// Thread: one at a time.
class Histogram {
 public:
  void record(std::uint64_t value) {
    ++counts_[bucket_of(value)];
    ++total_;
    max_ = std::max(max_, value);
  }

  void merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t total() const { return total_; }
  std::uint64_t max() const { return max_; }

  /// The value that a share `q` (0 to 1) of the recorded ones does not exceed; 0 if there are none.
  std::uint64_t quantile(double q) const {
    if (total_ == 0) return 0;
    const auto rank = static_cast<std::uint64_t>(q * static_cast<double>(total_ - 1)) + 1;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= rank) return std::min(last_of(i), max_);
    }
    return max_;
  }

 private:
  // Values below 2 * steps have a bucket each; above, each power of two has `steps` buckets.
  static constexpr std::uint64_t step_bits = 6;
  static constexpr std::uint64_t steps = 1 << step_bits;

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < 2 * steps) return value;
    const auto shift = static_cast<std::uint64_t>(std::bit_width(value)) - step_bits - 1;
    return shift * steps + (value >> shift);
  }
  static std::uint64_t last_of(std::size_t bucket) {
    if (bucket < 2 * steps) return bucket;
    const auto shift = bucket / steps - 1;
    return ((bucket % steps + steps + 1) << shift) - 1;
  }

  std::array<std::uint64_t, (64 - step_bits + 1) * steps> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace stead
