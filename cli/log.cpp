#include "cli/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include "cli/text.h"

namespace stead {

namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

struct StderrLog::Parts {
  // Not in spdlog's registry: that is global.
  spdlog::logger logger{"stead", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()};
};

StderrLog::StderrLog(std::string_view level) : parts_(std::make_unique<Parts>()) {
  parts_->logger.set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  parts_->logger.set_level(spdlog::level::from_str(std::string(level)));
}

StderrLog::~StderrLog() = default;

void StderrLog::write(LogLevel level, std::string_view text) {
  const auto spd_level = to_spdlog(level);
  if (!parts_->logger.should_log(spd_level)) return;
  parts_->logger.log(spd_level, escape_control(text));
}

}  // namespace stead
