#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <typeindex>
#include <vector>

#include "runtime/namespace_key.h"
#include "runtime/task.h"
#include "storage/durability.h"
#include "storage/sql_limits.h"

namespace stead {

class DurableObject;
class State;

/// What the runtime knows of an author's class. Filled by `App::add`, constant once the node runs.
struct ClassInfo {
  /// A method callable by name: decodes a JSON array of arguments, gives the result as JSON text.
  using Method = std::function<Task<std::string>(DurableObject&, const nlohmann::json&)>;
  /// Calls any method by name, for classes that do not list theirs: arguments are the text of a
  /// JSON array, the result is JSON text.
  using AnyMethod =
      std::function<Task<std::string>(DurableObject&, std::string method, std::string arguments)>;

  std::string name;
  std::type_index type = typeid(void);
  std::function<std::unique_ptr<DurableObject>(State&)> make;
  std::map<std::string, Method, std::less<>> methods;
  /// If set, `methods` is not looked at.
  AnyMethod any_method;
  /// SQL scripts that bring an object's database from version i to i + 1.
  std::vector<std::string> migrations;
  /// When what its objects write is made durable.
  Durability durability = Durability::journal;
  SqlLimits sql_limits = SqlLimits::reference;
  /// Workers have none.
  bool has_storage = true;
  /// Its code may keep its thread: its objects live on shards that serve nothing else, so that
  /// other objects and connections do not wait for it.
  bool blocking = false;
  /// Whether a long request body comes as `Request::stream`, while it arrives.
  bool streams_requests = false;
};

/// A class as one node serves it: with the secret of its namespace.
struct Class {
  const ClassInfo& info;
  NamespaceKey key;
  Durability durability = info.durability;
};

/// The classes of one node. Thread: any (immutable once filled). Owner: the node.
class ClassTable {
 public:
  Class& add(const ClassInfo& info, NamespaceKey key) {
    return *classes_.emplace_back(std::make_unique<Class>(Class{info, key}));
  }
  /// Null if there is none.
  const Class* find(std::string_view name) const;
  /// The first class added for this C++ type; null if there is none.
  const Class* find(std::type_index type) const;

  auto begin() const { return classes_.begin(); }
  auto end() const { return classes_.end(); }

 private:
  std::vector<std::unique_ptr<Class>> classes_;
};

}  // namespace stead
