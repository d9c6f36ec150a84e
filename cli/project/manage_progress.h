#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace stead {

/// How far a run over many objects is, on stderr: a bar that stays on one line of a terminal, or
/// else a line now and then.
///
/// Thread: one. Owner: the run.
class ManageProgress final {
 public:
  /// `before` of the `total` objects were done by an earlier run.
  ManageProgress(std::size_t total, std::size_t before);

  void show(std::size_t done, std::size_t running);
  /// Makes room for other lines: the bar's line is cleared.
  void clear();

  static std::string format_seconds(double seconds);

 private:
  std::string bar(std::size_t done, std::size_t running) const;

  const std::size_t total_;
  const std::size_t before_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point shown_{};
};

}  // namespace stead
