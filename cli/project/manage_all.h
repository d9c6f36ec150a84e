#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/project/manage_node.h"
#include "cli/project/manage_state.h"

namespace stead {

class StopSignals;

/// A command in many objects. A plain value.
struct ManageAll {
  std::vector<ManageTarget> left{};
  /// Done by an earlier run.
  std::size_t before = 0;
  ManageNode::Command command{};
  std::size_t jobs = 4;
  /// So many come first, one after the other.
  std::size_t canary = 1;
};

struct ManageReport {
  std::size_t done = 0;
  std::vector<std::pair<ManageTarget, ManageOutcome>> failed{};
  /// Not begun.
  std::size_t left = 0;
  double seconds = 0;
  bool interrupted = false;
};

/// Runs it in one object after the other, `jobs` at a time. Begins no more after the first that
/// fails, or after a signal; what runs then is waited for. Each that is done is noted.
ManageReport run_in_all(ManageNode& node, const ManageAll& all, ManageState& state,
                        StopSignals& signals);

/// The table for the end.
void print_report(const ManageReport& report);

}  // namespace stead
