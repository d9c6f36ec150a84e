#pragma once

#include <chrono>
#include <cstddef>

namespace stead {

/// Bounds on one object. Beyond a queue bound a call fails with `OverloadedError` at once.
struct ObjectLimits {
  /// Calls that wait to be started.
  std::size_t queued_calls = 1'000;
  /// Bytes of the bodies and arguments of those calls.
  std::size_t queued_bytes = 32 << 20;
  /// How long the oldest of them may have waited.
  std::chrono::milliseconds queue_age{10'000};
  /// An object with nothing to do leaves memory after this time.
  std::chrono::milliseconds idle_timeout{10'000};
  /// How long `block_concurrency_while` may take before the object is reset.
  std::chrono::milliseconds critical_section{30'000};
  /// Memory for pages that were written and are not in the object's file yet. From half of it on
  /// they are moved there; what a single transaction writes beyond it goes to a temporary file.
  std::size_t page_memory = 8 << 20;
};

/// Bounds on the whole node, of the same kind. Each shard holds its share.
struct NodeLimits {
  std::size_t queued_calls = 100'000;
  std::size_t queued_bytes = 1 << 30;
  /// The same memory, of all objects. Beyond it, those that were used longest ago move their pages
  /// into their files.
  std::size_t page_memory = 256 << 20;
};

/// Bounds on the journal on disk.
struct JournalLimits {
  /// Size of a segment.
  std::size_t segment_bytes = 64 << 20;
  /// With more segments, objects that keep the oldest alive move their pages into their files.
  std::size_t segments = 4;
};

/// How much of the past is kept, to go back to.
struct HistoryLimits {
  /// 0: none.
  std::chrono::milliseconds keep{0};
  std::size_t bytes = std::size_t{10} << 30;
  bool on() const { return keep.count() > 0; }
};

namespace limits {

/// Critical sections inside each other (`block_concurrency_while`).
inline constexpr std::size_t critical_section_depth = 64;
/// A longer name still gives an id, but the object does not see it. Bytes.
inline constexpr std::size_t name_bytes = 1'024;

}  // namespace limits

}  // namespace stead
