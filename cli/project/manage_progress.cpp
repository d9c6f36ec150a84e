#include "cli/project/manage_progress.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace stead {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t bar_width = 24;
constexpr std::chrono::milliseconds between_bars{100};
constexpr std::chrono::milliseconds between_lines{2'000};

}  // namespace

ManageProgress::ManageProgress(std::size_t total, std::size_t before)
    : total_(total), before_(before), terminal_(isatty(STDERR_FILENO)), begin_(Clock::now()) {}

std::string ManageProgress::format_seconds(double seconds) {
  std::array<char, 48> text;
  if (seconds < 100) {
    std::snprintf(text.data(), text.size(), "%.1f s", seconds);
  } else {
    const auto whole = static_cast<long>(seconds);
    std::snprintf(text.data(), text.size(), "%ld:%02ld min", whole / 60, whole % 60);
  }
  return text.data();
}

std::string ManageProgress::bar(std::size_t done, std::size_t running) const {
  const auto full = total_ == 0 ? bar_width : done * bar_width / total_;
  const std::chrono::duration<double> time = Clock::now() - begin_;
  const auto rate = static_cast<double>(done - before_) / std::max(time.count(), 0.001);
  auto text = "[" + std::string(full, '#') + std::string(bar_width - full, '.') + "] " +
              std::to_string(done) + "/" + std::to_string(total_) + ", " + std::to_string(running) +
              " running";
  if (done > before_) {
    text += ", " + format_seconds(static_cast<double>(total_ - done) / rate) + " left";
  }
  return text;
}

void ManageProgress::show(std::size_t done, std::size_t running) {
  const auto now = Clock::now();
  if (now - shown_ < (terminal_ ? between_bars : between_lines) && done < total_) return;
  shown_ = now;
  if (terminal_) {
    std::fprintf(stderr, "\r%s\x1b[K", bar(done, running).c_str());
  } else {
    std::fprintf(stderr, "%zu of %zu done\n", done, total_);
  }
}

void ManageProgress::clear() {
  if (terminal_) std::fputs("\r\x1b[K", stderr);
}

}  // namespace stead
