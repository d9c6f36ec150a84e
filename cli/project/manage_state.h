#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/object_id.h"

namespace stead {

/// What a run over all objects has done: a file in the data directory, `<data>/manage.run`, so that
/// another process can go on where one was stopped or killed. A line for the run, then one for each
/// object that is done; a line that was cut off counts for nothing.
///
/// Thread: one. Owner: the command, which holds the data directory's lock. Fails: `Error`.
class ManageState final {
 public:
  struct Run {
    std::string class_name{};
    std::vector<std::string> command{};
    std::set<std::string> done{};
  };

  /// What an earlier run has left. Nothing if there was none, or it has ended well.
  static std::optional<Run> read(const std::string& data);
  /// A new run, whose first object that is done replaces what an earlier one has left.
  static ManageState begin(const std::string& data, const Run& run);
  /// Goes on with one that `read` has given.
  static ManageState go_on(const std::string& data);

  ManageState(ManageState&& other) noexcept;
  ManageState& operator=(ManageState&&) = delete;
  ~ManageState();

  void add_done(const ObjectId& object);
  /// The run has ended well: there is nothing to go on with.
  void remove();

 private:
  explicit ManageState(std::string path) : path_(std::move(path)) {}
  void open_file(int flags);
  void append(const std::string& line);

  std::string path_;
  /// The run's line, until it is written.
  std::string heading_;
  int file_ = -1;
};

}  // namespace stead
