#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/config.h"

namespace stead {

/// One thing that can be configured. The table of them is the only place that knows all: the file,
/// the environment, `--set`, `serve --help` and the test of docs/configuration.md go by it.
struct Setting {
  enum class Kind { text, count, bytes, duration };

  /// As in `stead.toml`, e.g. "http.body_bytes".
  std::string_view name;
  Kind kind;
  std::string_view doc;
  /// Fails with what was expected.
  Result<void> (*set)(Config& config, std::string_view value);
  /// The value as `set` reads it.
  std::string (*show)(const Config& config);
};

std::span<const Setting> settings();

/// Null if there is none of that name.
const Setting* find_setting(std::string_view name);

/// Sets "http.body_bytes", "vars.NAME" or "durability.CLASS". Fails for an unknown name, with a
/// likely one, and for a bad value, naming the setting.
Result<void> set_setting(Config& config, std::string_view name, std::string_view value);

/// `unknown key "http.body_byte"; did you mean "http.body_bytes"?`
std::string unknown_setting(std::string_view name);

/// "STEAD_HTTP_BODY_BYTES"
std::string environment_name(const Setting& setting);

/// The closest of `candidates`, if one is close enough to be a slip of the fingers.
std::optional<std::string> closest(std::string_view word, std::span<const std::string> candidates);

}  // namespace stead
