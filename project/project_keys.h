#pragma once

#include <string_view>

namespace stead {

/// What becomes of a top-level key of a project's file in `env.NAME`.
enum class Inheritance {
  inherited,  ///< the environment has it too unless it says otherwise
  own,        ///< each environment says its own
  top,        ///< belongs to the file as a whole
};

/// A top-level key that is known.
struct ProjectKey {
  enum class Use {
    read,
    /// Means nothing here, and nothing is missing without it.
    ignored,
    /// Would give the code something that it does not get.
    absent,
  };
  std::string_view name;
  Inheritance inheritance;
  Use use;
};

/// Null if it is not known.
const ProjectKey* find_project_key(std::string_view name);

}  // namespace stead
