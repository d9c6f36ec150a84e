#pragma once

#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/object_model.h"
#include "tests/sim/plan.h"
#include "tests/sim/simulated_disk.h"

namespace stead::test {

/// Everything that a simulation knows apart from the system under test: the objects' models, the
/// calls under way, and the first thing that went wrong.
///
/// Thread: one. Owner: the simulation.
class Witness final {
 public:
  /// A call on its way to an object. Its arrival, or its answer's, shows that commits are durable.
  struct Call {
    std::size_t object;
    std::shared_ptr<const Plan> plan;
    /// The object that made it, if one did, and its commits that are durable if the call arrives.
    ObjectModel* caller = nullptr;
    std::uint64_t caller_commits = 0;
    /// Those of the called object if the answer arrives; 0 while it has given none.
    std::uint64_t answer_commits = 0;
    bool answered = false;
    bool succeeded = false;
  };

  Witness(const SimulatedDisk& disk, const Workload& workload) : disk_(disk) {
    for (const auto& object : workload.objects()) models_.emplace_back(object);
  }

  std::deque<ObjectModel>& models() { return models_; }
  /// Null if the workload has no such object.
  ObjectModel* find(std::string_view class_name, std::string_view object) {
    for (auto& each : models_) {
      if (each.object().name == object && Workload::class_name(each.object().kind) == class_name) {
        return &each;
      }
    }
    return nullptr;
  }
  std::size_t add_call(Call call) { return calls_.push_back(std::move(call)), calls_.size() - 1; }
  Call& call(std::size_t number) { return calls_[number]; }

  /// Whether the machine has crashed, so that what the dying process says reaches nobody.
  bool blind() const { return disk_.crashed(); }
  std::uint64_t disk_failures() const { return disk_.counters().failures; }
  /// The first failure stands.
  void fail(const std::string& what) {
    if (!failure_ && !blind()) failure_ = what;
  }
  void check(const std::optional<std::string>& what) {
    if (what) fail(*what);
  }
  /// For whoever watches: a line of what happens.
  void tell(std::string_view line) const {
    if (verbose) std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
  }
  const std::optional<std::string>& failure() const { return failure_; }

  /// How many of their classes' migrations the application knows.
  std::size_t version = 1;
  bool verbose = false;
  /// The highest number of a commit that is durable: a later commit has a higher one.
  std::uint64_t highest_durable = 0;
  /// A bit of the next page that is recorded flips in memory, before it is written.
  bool damage_next_record = false;

 private:
  const SimulatedDisk& disk_;
  std::deque<ObjectModel> models_;
  std::deque<Call> calls_;
  std::optional<std::string> failure_;
};

}  // namespace stead::test
