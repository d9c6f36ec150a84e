#pragma once

#include <memory>
#include <string_view>

#include "actors/node.h"

namespace stead {

/// Log lines on stderr, with time and level. Control characters are written as escapes, so that a
/// request cannot forge a line.
///
/// Thread: any. Owner: the command.
class StderrLog final : public LogSink {
 public:
  /// `level` is one of the configuration's: "debug", "info", "warning", "error".
  explicit StderrLog(std::string_view level);
  ~StderrLog() override;

  void write(LogLevel level, std::string_view text) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace stead
