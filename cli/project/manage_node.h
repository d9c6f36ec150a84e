#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/node.h"
#include "base/object_id.h"

namespace stead {

/// An object that a command runs in. A plain value.
struct ManageTarget {
  ObjectId id;
  std::optional<std::string> name{};

  /// Its name, or its id.
  std::string label() const { return name ? *name : id.to_string(); }
};

struct ManageOutcome {
  int code = 0;
  std::string output{};

  /// What it says last: of a traceback, what went wrong.
  std::string last_line() const;
};

/// A node that serves no network: it runs Django's commands in its objects.
///
/// Thread: one, but for what it calls back. Owner: the command. Fails: the constructor throws
/// `Error`, as the node's does.
class ManageNode final {
 public:
  /// `app` and `log` must outlive it.
  ManageNode(const App& app, const Config& config, LogSink& log, std::string class_name);
  ~ManageNode();

  /// All objects that have stored something, in the order of their names; those without come last.
  std::vector<ManageTarget> objects();
  /// By name, or by id. Nothing if a text that looks like an id is not one of the class.
  ManageTarget target(const std::string& name_or_id) const;
  bool has_stored(const ManageTarget& target);

  struct Command {
    /// As after `manage.py`.
    std::vector<std::string> words{};
    /// It has the terminal; nothing of it is collected.
    bool interactive = false;
  };
  /// Begins a command. `done` is called once, on a thread of the node.
  void start(const ManageTarget& target, const Command& command,
             std::function<void(ManageOutcome)> done);
  /// The same, and waits for its end.
  ManageOutcome run(const ManageTarget& target, const Command& command);

 private:
  Node node_;
  const Class* class_;
};

}  // namespace stead
