#pragma once

#include <optional>

#include "project/project.h"
#include "runtime/assets.h"

namespace stead {

/// A project's static files as an application serves them; nothing if it has none.
std::optional<AssetsSpec> assets_of(const Project& project);

}  // namespace stead
