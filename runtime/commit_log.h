#pragma once

#include <cstdint>

#include "runtime/call.h"
#include "storage/transaction.h"

namespace stead {

class Host;

/// The numbers of an object's commits, from the first since it is in memory: what was made, what is
/// settled, and what builds on what.
///
/// Thread: the object's. Owner: the `LiveObject`.
class CommitLog final {
 public:
  CommitLog(Host& host, const ObjectAddress& address) : host_(host), address_(address) {}

  /// The number that the next commit will have.
  std::uint64_t next() const { return last_ + 1; }
  std::uint64_t last() const { return last_; }
  /// The last commit that output waits for.
  std::uint64_t confirmed() const { return confirmed_; }
  /// The number of the last commit in the journal; 0 if there was none.
  std::uint64_t journal_number() const { return journal_number_; }
  /// Whether the outcome of every commit is known.
  bool settled() const { return settled_ == last_; }

  /// Hands a transaction to the journal.
  void append(Transaction transaction);
  void settle(std::uint64_t sequence) { settled_ = sequence; }
  /// Commits after this one have failed and were taken back.
  void take_back(std::uint64_t durable) { base_ = confirmed_ = durable; }

 private:
  Host& host_;
  const ObjectAddress& address_;
  std::uint64_t last_ = 0;
  std::uint64_t base_ = 0;
  std::uint64_t confirmed_ = 0;
  std::uint64_t settled_ = 0;
  std::uint64_t journal_number_ = 0;
};

}  // namespace stead
