#pragma once

#include <string>

#include "base/result.h"
#include "project/project.h"

namespace stead {

/// Finds the file that makes a folder a project, in the folder or else the nearest one above it.
/// In one folder the order is `stead.toml` with `[project]` or `main`, `wrangler.json`,
/// `wrangler.jsonc`, `wrangler.toml`. A file is taken as it is. Fails with what was looked for.
Result<std::string> find_project(const std::string& folder_or_file);

struct ProjectOptions {
  /// `--env`: which `env.NAME` applies.
  std::string environment{};
  /// `.dev.vars` and `.env` count.
  bool dev = false;
};

/// Reads a project's file. Fails at the first mistake with its place:
/// `wrangler.toml:7: assets.directory: expected a string, not an integer`. Keys
/// that nobody knows are warnings.
Result<Project> load_project(const std::string& file, const ProjectOptions& options);

}  // namespace stead
