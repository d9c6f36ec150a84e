#pragma once

#include <mutex>
#include <string>

#include "actors/node.h"

namespace stead::test {

/// A log that a test can read. Thread: any.
class MemoryLog final : public LogSink {
 public:
  void write(LogLevel, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    text_.append(text).append("\n");
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  bool contains(std::string_view part) const { return text().find(part) != std::string::npos; }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace stead::test
