#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/seeded.h"
#include "tests/sim/simulated_disk.h"
#include "tests/sim/simulated_host.h"
#include "tests/sim/witness.h"
#include "tests/sim/workload.h"

namespace stead::test {

/// One run: a node with some objects, on a disk that fails and crashes, over several lives of its
/// process. Everything follows from the seed.
///
/// What must hold: an object that is read holds what was written; after a crash, everything that
/// was acknowledged and no more than a beginning of what was not; after a clean end, plain files
/// and an empty journal. Damage is found, never served.
///
/// Thread: one.
class Simulator final {
 public:
  /// The only fault of a run.
  struct PlannedFault {
    enum class Kind : std::uint8_t { fail, full, sync, crash, allocation };
    Kind kind;
    /// Which operation of the disk, sync of a file, or allocation of SQLite's; counted from 1.
    std::uint64_t number;
  };

  explicit Simulator(std::uint64_t seed, bool verbose = false,
                     std::optional<PlannedFault> planned = {});
  ~Simulator();

  /// What went wrong; nothing if all is well.
  std::optional<std::string> run();
  /// What the disk was asked for.
  const SimulatedDisk::Counters& disk_counters() const { return disk_.counters(); }
  /// Allocations of SQLite's until the end began, if one was planned to fail.
  std::uint64_t allocations() const { return allocations_; }

 private:
  /// What a run is like, beside its workload.
  struct Character {
    SimulatedLimits limits{};
    std::uint64_t steps = 0;
    /// In percent of steps.
    unsigned crashes = 0;
    unsigned faults = 0;
    unsigned restarts = 0;
    /// Something in the journal is damaged once, and the run ends with the next start.
    bool damage = false;
  };

  static Character character(Seeded& seed);

  void plan_fault(const PlannedFault& fault);
  void step();
  void send_call(std::shared_ptr<const Plan> plan, std::size_t object);
  void inject_fault();
  void inject_damage();
  /// Takes one step of the process; it dies of what a process must die of.
  template <class Step>
  void guarded(const char* what, Step step);
  /// Like `guarded`, for a step whose failure on the disk ends the process.
  template <class Step>
  void vital(const char* what, Step step);
  /// The process ends now, and perhaps the machine with it.
  void die(bool power_fails);
  void start();
  bool try_to_start();
  /// Recovery must have found every batch that was written.
  void judge_recovery();
  void restart_cleanly();
  /// Runs until nothing is left to do.
  void settle();
  void finish();
  void check_files();
  void check_file(const std::string& path, std::set<const ObjectModel*>& seen);
  void tell(const std::string& line) { witness_.tell("-- " + line); }
  bool over() const { return refused_ || witness_.failure(); }

  Seeded seed_;
  const Character character_;
  const std::optional<PlannedFault> planned_;
  Workload workload_;
  SimulatedDisk disk_;
  ManualClock clock_;
  Witness witness_;
  std::unique_ptr<SimulatedHost> host_;
  /// Written by the lives before this one.
  std::uint64_t batches_ = 0;
  std::uint64_t allocations_ = 0;
  /// The process has ended of a failure of the disk.
  bool in_doubt_ = false;
  bool damaged_ = false;
  /// The damage was found, or cannot be told from a torn end.
  bool refused_ = false;
};

}  // namespace stead::test
