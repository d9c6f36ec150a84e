#pragma once

namespace stead {

/// SIGTERM and SIGINT as something to wait for. While it lives, the first of them is kept for
/// `wait`; one that comes after `wait` has returned ends the process at once, with status 1. Works
/// whichever thread the kernel interrupts.
///
/// Thread: one. Owner: the command; one at a time.
class StopSignals final {
 public:
  /// From now on a client that went away is an error of its write, no more (SIGPIPE).
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Waits for one, and gives its number.
  int wait();
  /// Readable once one has come.
  int descriptor() const;
};

}  // namespace stead
