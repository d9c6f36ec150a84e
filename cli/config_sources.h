#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/config.h"

namespace stead {

/// Where a configuration comes from. What is later here wins: defaults, file, environment, flags.
struct ConfigSources {
  /// `--config`. Without it `STEAD_CONFIG` names the file; without that `./stead.toml` is read if
  /// it exists.
  std::optional<std::string> file;
  std::map<std::string, std::string> environment;

  struct Flag {
    std::string flag;  ///< as typed, for messages: "--listen"
    std::string name;  ///< the setting: "listen"
    std::string value;
  };
  std::vector<Flag> flags;
};

/// Fails at the first mistake with a message that names its place.
Result<Config> load_config(const ConfigSources& sources);

/// The variables of this process whose names begin with "STEAD_".
std::map<std::string, std::string> stead_environment();

}  // namespace stead
