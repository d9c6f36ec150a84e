#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/project.h"

namespace stead {

/// Which classes of a project its data has, and which migration was the last one applied. Kept in
/// the data directory: docs/storage_format.md.
struct AppliedClasses {
  std::string tag{};
  std::vector<std::string> classes{};

  bool has(std::string_view class_name) const;
  std::string to_json() const;
  /// `path` is for the message of a damaged one.
  static Result<AppliedClasses> parse(std::string_view text, const std::string& path);

  bool operator==(const AppliedClasses&) const = default;
};

/// Something to be done to the stored objects of a class. A new class needs nothing done.
struct ClassChange {
  enum class Kind {
    rename,
    remove,
    /// From another script on this data, which may not have stored anything.
    take_over,
  };
  Kind kind;
  std::string class_name;
  std::string to{};

  bool operator==(const ClassChange&) const = default;
};

/// One migration that has not been applied.
struct ClassStep {
  std::vector<ClassChange> changes{};
  /// What holds once they are done.
  AppliedClasses after{};
};

struct ClassPlan {
  /// In order. Each can be done again if it was interrupted.
  std::vector<ClassStep> steps{};
  /// What does not fit together. A server should not start with one; while developing it may, and
  /// then what is not possible is left out.
  std::vector<std::string> problems{};

  bool touches_objects() const;
};

/// What is left to be done so that the data has the project's classes. Touches nothing.
ClassPlan plan_class_changes(const Project& project, const AppliedClasses& applied);

}  // namespace stead
