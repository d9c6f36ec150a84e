#pragma once

#include <optional>
#include <string>

#include "base/object_id.h"

namespace stead {

/// Names an object of one namespace. Making one touches nothing. A plain value.
class Id {
 public:
  Id() = default;
  explicit Id(ObjectId id, std::optional<std::string> name = std::nullopt)
      : id_(id), name_(std::move(name)) {}

  /// 64 lower-case hexadecimal digits: safe to store and to give to `id_from_string`.
  std::string to_string() const { return id_.to_string(); }
  /// The name it was made from, if it was made from one.
  const std::optional<std::string>& name() const { return name_; }
  const ObjectId& value() const { return id_; }
  /// Compares the ids and ignores the names.
  bool operator==(const Id& other) const { return id_ == other.id_; }

 private:
  ObjectId id_;
  std::optional<std::string> name_;
};

}  // namespace stead
