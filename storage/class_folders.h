#pragma once

#include <string>

#include "storage/disk.h"

namespace stead {

/// Whether an object's file is in a class's folder.
bool holds_objects(const std::string& class_folder);

/// The stored objects of whole classes. Each operation may be done again after an interruption,
/// wherever that was, and comes to the same; each is durable when it returns. The list of objects
/// follows by `ObjectIndex`.
///
/// Requires that the data directory is locked, and that the journal holds no record that a file
/// lacks: it names classes, and a recovery would look for them where they were.
///
/// Thread: one. Fails: DiskError; StorageError.
class ClassFolders final {
 public:
  ClassFolders(Disk& disk, std::string data) : disk_(disk), data_(std::move(data)) {}

  /// The class's objects get another class's name and keep their ids, whose key moves with them.
  /// Fails if that class has objects of its own.
  void rename(const std::string& from, const std::string& to);
  /// All objects of a class, and its key, go for good. History keeps what it has of them until
  /// that is old.
  void remove(const std::string& class_name);

 private:
  std::string path_of(const std::string& class_name) const;
  void throw_away(const std::string& class_name);

  Disk& disk_;
  const std::string data_;
};

}  // namespace stead
