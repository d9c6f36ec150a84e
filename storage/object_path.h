#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/object_id.h"

namespace stead {

/// Whether a class may be called so: [A-Za-z][A-Za-z0-9_]{0,63}. Such a name is safe in a path.
bool is_class_name(std::string_view name);

/// `<data>/objects/<class>`: everything of a class.
std::string class_path(std::string_view data_dir, std::string_view class_name);

/// `<data>/objects/<class>/ab/cd/<64 hex digits>.sqlite`. Two levels of folders, since ids are
/// evenly distributed and one folder of millions of files is slow.
std::string object_path(std::string_view data_dir, std::string_view class_name, const ObjectId& id);

/// The id in the name of an object's file; nothing for any other file.
std::optional<ObjectId> id_of_file(std::string_view file_name);

}  // namespace stead
