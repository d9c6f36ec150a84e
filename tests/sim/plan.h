#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace stead::test {

struct Plan;

/// One thing that an object does during a call.
struct Step {
  enum class Kind {
    run,         ///< a statement that writes; whether it succeeds is compared
    run_undone,  ///< the same inside `transaction_sync`, which then throws
    put,         ///< a key's value
    remove,      ///< a key
    query,       ///< rows to compare
    check,       ///< everything to compare
    delete_all,
    part,   ///< SQLite's transaction ends; the turn's commit does not
    call,   ///< of another object, awaited
    sleep,  ///< awaited
    sync,   ///< awaited
    fail,   ///< an exception of the author's
    abort,  ///< the instance gives up
  };
  Kind kind;
  /// A statement, a query, or a key.
  std::string text{};
  std::string value{};
  std::chrono::milliseconds pause{};
  /// Which object to call, and what it is to do.
  std::size_t object = 0;
  std::shared_ptr<const Plan> plan{};
};

/// For whoever watches.
inline std::string describe(const Step& step) {
  constexpr std::array words{
      "runs",        "runs, and undoes,", "puts",  "removes", "reads", "checks all",
      "deletes all", "ends a part",       "calls", "sleeps",  "syncs", "throws",
      "aborts"};
  return words[static_cast<std::size_t>(step.kind)] + (" " + step.text.substr(0, 80));
}

/// What an object does in answer to one call.
struct Plan {
  std::vector<Step> steps;
};

}  // namespace stead::test
