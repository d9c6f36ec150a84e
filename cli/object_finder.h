#pragma once

#include <string>

#include "base/object_id.h"
#include "base/result.h"

namespace stead {

/// An object's file, found without a server. A plain value.
struct FoundObject {
  ObjectId id;
  std::string path;
};

/// Where an object's file is, or would be. Fails if there is no data directory, the class has none
/// there, or the id is not of that class. `object` is a name, or an id if `by_id`. Changes nothing.
Result<FoundObject> locate_object(const std::string& data_directory, const std::string& class_name,
                                  const std::string& object, bool by_id);

/// What to say if there is no such file.
Error nothing_stored(const std::string& class_name, const std::string& object,
                     const FoundObject& found);

/// As `locate_object`; fails too if the object has stored nothing.
Result<FoundObject> find_object(const std::string& data_directory, const std::string& class_name,
                                const std::string& object, bool by_id);

/// Fails unless the data directory exists; opening one for a server would create it.
Result<void> check_data_directory(const std::string& data_directory);

}  // namespace stead
