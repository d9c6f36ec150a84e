#pragma once

#include "cli/command_line.h"
#include "cli/project/dev_sockets.h"

namespace stead {

/// What a child of `dev` tells its parent, a byte each.
enum class DevNews : char {
  /// The build command has ended.
  built = 'b',
  /// The code is loaded; it waits for `go` before it touches the data.
  loaded = 'l',
  ready = 'r',
};

/// How the processes of `dev` talk: the child says its news, and the parent says `go` by a byte and
/// "stop" by closing its end.
struct DevPipes {
  int news = -1;
  int orders = -1;
};

/// Builds, loads and serves a project, in a process of its own. Gives the exit status; what went
/// wrong has been told on stderr.
int run_dev_child(const CommandLine& line, const DevSockets& sockets, DevPipes pipes);

}  // namespace stead
