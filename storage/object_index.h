#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/environment.h"
#include "base/object_id.h"

struct sqlite3;

namespace stead {

/// What the index knows of one object that has stored something.
struct ObjectEntry {
  std::string class_name;
  ObjectId id;
  std::optional<std::string> name;
  WallTime created{};
  WallTime last_used{};
  /// Bytes in use when the object last left memory.
  std::int64_t size = 0;
};

/// The node's list of objects: a SQLite database beside the objects, `<data>/directory.sqlite`, so
/// that they can be listed and counted without opening each. Derived data: what it lacks after a
/// crash is read again from the objects' files.
///
/// Thread: one at a time. Owner: `Directory`. Fails: `StorageError`.
class ObjectIndex final {
 public:
  struct Created {
    ObjectEntry entry;
  };
  struct Used {
    ObjectId id;
    WallTime when;
    std::int64_t size;
  };
  struct Deleted {
    ObjectId id;
  };
  using Change = std::variant<Created, Used, Deleted>;

  struct Query {
    std::string class_name{};  ///< empty: all
    std::string name_prefix{};
    /// Continues behind this id, the last one of a page.
    std::optional<ObjectId> after{};
    std::size_t limit = 1'000;
  };

  /// Opens or creates the index. If the last user did not call `close`, adds what the objects'
  /// files have and the index has not.
  static std::unique_ptr<ObjectIndex> open(const std::string& data_directory);
  /// Opens it beside a running node, to read only. Null if there is none.
  static std::unique_ptr<ObjectIndex> open_to_read(const std::string& data_directory);
  ~ObjectIndex();

  /// All of them in one transaction.
  void apply(const std::vector<Change>& changes);
  /// Every object of a class is one of another class now.
  void rename_class(std::string_view from, std::string_view to);
  /// The class has no objects any more.
  void remove_class(std::string_view class_name);
  /// Entries in the order of their ids.
  std::vector<ObjectEntry> list(const Query& query);
  std::int64_t count(std::string_view class_name);
  std::optional<ObjectEntry> find(const ObjectId& id);
  /// Notes that nothing is missing.
  void close();

 private:
  explicit ObjectIndex(sqlite3* db) : db_(db) {}
  void prepare(const std::string& data_directory);
  void apply_one(const Change& change);
  void add_missing(const std::string& data_directory);

  sqlite3* db_;
};

}  // namespace stead
