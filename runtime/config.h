#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "runtime/limits.h"
#include "storage/durability.h"

namespace stead {

/// Bounds of the HTTP listener.
struct HttpLimits {
  std::size_t header_bytes = 32 << 10;
  std::size_t body_bytes = 32 << 20;
  std::size_t connections = 10'000;
  /// From the first byte of a request until its header is complete.
  std::chrono::milliseconds header_timeout{10'000};
  /// From the end of the header until the body is complete.
  std::chrono::milliseconds body_timeout{60'000};
  /// Between two requests on one connection.
  std::chrono::milliseconds idle_timeout{75'000};
  /// How long a client may take to read a response.
  std::chrono::milliseconds write_timeout{60'000};
  /// Peers that may say for whom they speak: "none", or addresses and networks.
  std::string trusted_proxies = "none";
};

/// How objects whose classes are written in Python are run.
struct PythonSettings {
  /// A virtual environment's folder or a Python program; "auto" looks for one, "system" does not.
  std::string venv = "auto";
  /// What becomes of the django_cf that a project has: "mended", "vendored" or "native".
  std::string mode = "mended";
  /// Bounds on one event, until its code returns or waits; 0 means none.
  std::chrono::milliseconds cpu_limit{30'000};
  std::chrono::milliseconds wall_limit{0};
};

/// Everything that a node can be told. Defaults suit one machine; `stead.toml`, `STEAD_…`
/// variables and flags change them (docs/configuration.md). Constant once the node runs.
struct Config {
  std::string listen = "127.0.0.1:8787";
  std::string data = "data";
  /// Event loops, each with a thread; 0 means one for each processor.
  unsigned shards = 0;
  /// The same for objects whose code may block its thread (`ClassInfo::blocking`).
  unsigned blocking_shards = 4;
  std::string log_level = "info";
  /// How long a stop waits for requests in progress.
  std::chrono::milliseconds stop_timeout{10'000};
  ObjectLimits object;
  NodeLimits node;
  JournalLimits journal;
  HistoryLimits history;
  HttpLimits http;
  PythonSettings python;
  /// By class: when what its objects write is made durable, if not as the class itself says.
  std::map<std::string, Durability, std::less<>> durability;
  /// What `env().var(name)` gives.
  std::map<std::string, std::string, std::less<>> vars;
};

}  // namespace stead
