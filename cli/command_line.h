#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include "cli/config_sources.h"
#include "cli/project_line.h"

namespace stead {

/// What a command line asks for. A plain value.
struct CommandLine {
  enum class Command {
    serve,
    object_list,
    object_show,
    object_sql,
    object_export,
    object_delete,
    object_restore,
    object_fork,
    journal_verify,
    journal_dump,
    /// Of programs that serve projects: see `cli/project_line.h`.
    dev,
    manage,
    version,
  };
  Command command = Command::version;
  /// Its flags; `parse_command_line` leaves the environment empty.
  ConfigSources config{};

  std::string class_name{};
  std::string object{};
  /// `object` is an id, not a name.
  bool by_id = false;
  std::string sql{};
  bool write = false;
  std::string target{};
  /// A point in time; empty: now.
  std::string at{};
  std::string new_name{};
  bool yes = false;
  std::string prefix{};
  std::size_t limit = 1'000;
  bool json = false;
  /// Each page of a record too.
  bool pages = false;

  ProjectLine project{};
};

enum class Projects { no, yes };

/// Reads the arguments of `main`. If there is nothing to run, because help was asked for or the
/// usage is wrong, it has printed what there is to say and gives the exit status: 0 or 2.
///
/// With `Projects::yes` there are `dev`, `manage` and `serve DIR` too.
std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv,
                                                  Projects projects = Projects::no);

}  // namespace stead
