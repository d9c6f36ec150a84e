#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/environment.h"
#include "base/object_id.h"
#include "base/result.h"

namespace stead {

// Objects' files seen from outside, while no server has them open: for the command line, and for
// rebuilding the directory at start. Thread: any.

/// What an object's file says of itself.
struct ObjectSummary {
  std::optional<std::string> name;
  WallTime created{};
  /// Bytes of the file.
  std::int64_t size = 0;
  std::int64_t schema_version = 0;
};

/// Calls `visit` for each object's file, of one class or of all (no class given), in no order.
Result<void> for_each_object_file(
    const std::string& data_dir, const std::optional<std::string>& class_name,
    const std::function<void(const std::string& class_name, const ObjectId& id,
                             const std::string& path)>& visit);

Result<ObjectSummary> read_object_summary(const std::string& path);

/// Writes a plain SQLite file of its own with everything in it. Never overwrites `target`.
Result<void> export_object(const std::string& path, const std::string& target);

/// Gives a copy of an object another name and time of creation.
Result<void> rename_object(const std::string& path, const std::string& name, WallTime created);

/// Removes an object for good.
Result<void> delete_object_file(const std::string& path);

}  // namespace stead
