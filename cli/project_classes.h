#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "project/class_changes.h"
#include "project/project.h"
#include "runtime/config.h"

namespace stead {

struct ClassOptions {
  /// What does not fit together is a warning, not an error.
  bool dev = false;
};

/// What was done, and what is odd: for the log.
struct ClassReport {
  std::vector<std::string> done{};
  std::vector<std::string> warnings{};
};

/// Makes the classes of a data directory what a project's migrations say: renames, deletes and
/// takes over the stored objects of whole classes, each once and in order. Interrupted anywhere, it
/// goes on when it is called again. To be called before the node is made.
///
/// Locks the data directory for as long as it takes, and creates it. Fails with what to do: a
/// binding of a class that no migration creates, two classes that would become one, a node that
/// runs, a disk that fails.
Result<ClassReport> apply_class_changes(const Project& project, const Config& config,
                                        ClassOptions options);

/// Where it keeps what was applied: `<data>/projects/<name>.json`.
std::string applied_classes_path(const std::string& data, const std::string& project);

}  // namespace stead
