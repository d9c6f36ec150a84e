#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/environment.h"
#include "base/result.h"

namespace stead {

/// A node's data directory, held by one process at a time:
///
///     LOCK                               locked while in use; holds the process id
///     objects/<class>/namespace.key      secret of the class's ids
///     objects/<class>/ab/cd/<id>.sqlite  one file per object
///
/// Thread: one. Owner: the node; the lock ends with it.
class DataDirectory final {
 public:
  /// Creates the directory if the one above it exists, and locks it.
  static Result<std::unique_ptr<DataDirectory>> open(const std::string& path);
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  const std::string& path() const { return path_; }

  /// The secret of a class, made at first use. An error if it is missing while there are objects:
  /// with a new one, nobody could reach them.
  Result<std::array<std::uint8_t, 32>> namespace_key(std::string_view class_name, Random& random);

  /// The same without the lock, for a class that has one: a key never changes, so it may be read
  /// beside a running node.
  static Result<std::array<std::uint8_t, 32>> read_namespace_key(const std::string& path,
                                                                 std::string_view class_name);

 private:
  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;
};

}  // namespace stead
