#include <malloc.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include "storage/mutation.h"
#include "tests/sim/allocation_faults.h"
#include "tests/sim/mutation_names.h"
#include "tests/sim/seed_runs.h"
#include "tests/sim/simulator.h"

// Runs simulations: one seed, a range of seeds, or all deliberate bugs until each is found.

namespace stead::test {
namespace {

struct Options {
  std::optional<std::uint64_t> seed;
  std::string seeds = "0:1000";
  unsigned jobs = 1;
  std::string mutation;
  bool mutations = false;
  std::uint64_t bound = 20'000;
  bool sweep = false;
  bool allocations = false;
  bool verbose = false;
};

void print_failure(const SeedFailure& failure) {
  std::string mutation;
  if (active_mutation != Mutation::none) {
    mutation = " --mutation " + std::string(name_of(active_mutation));
  }
  std::printf("seed %llu failed: %s\nto see it again: stead_sim --seed %llu%s --verbose\n",
              static_cast<unsigned long long>(failure.seed), failure.what.c_str(),
              static_cast<unsigned long long>(failure.seed), mutation.c_str());
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int run_seed(std::uint64_t seed, bool verbose) {
  if (const auto what = Simulator(seed, verbose).run()) {
    print_failure({seed, *what});
    return 1;
  }
  std::printf("seed %llu: all is well\n", static_cast<unsigned long long>(seed));
  return 0;
}

int run_range(const std::string& text, unsigned jobs) {
  const auto colon = text.find(':');
  const SeedRange range{std::stoull(text), std::stoull(text.substr(colon + 1))};
  const auto begin = std::chrono::steady_clock::now();
  const auto failure = run_seeds(range, jobs);
  if (failure) {
    print_failure(*failure);
    return 1;
  }
  const auto count = range.end - range.begin;
  const auto seconds = seconds_since(begin);
  std::printf("%llu seeds, all is well; %.1f s, %.0f seeds/s\n",
              static_cast<unsigned long long>(count), seconds,
              static_cast<double>(count) / seconds);
  return 0;
}

/// Plants each bug in turn and looks for a seed that finds it.
int run_mutations(std::uint64_t bound, unsigned jobs) {
  int missed = 0;
  for (const auto mutation : all_mutations()) {
    active_mutation = mutation;
    const auto begin = std::chrono::steady_clock::now();
    const auto failure = run_seeds({0, bound}, jobs);
    const std::string name(name_of(mutation));
    if (failure) {
      const auto what = failure->what.substr(0, failure->what.find('\n')).substr(0, 110);
      std::printf("%-28s seed %-6llu %5.1f s  %s\n", name.c_str(),
                  static_cast<unsigned long long>(failure->seed), seconds_since(begin),
                  what.c_str());
    } else {
      ++missed;
      std::printf("%-28s NOT FOUND by %llu seeds\n", name.c_str(),
                  static_cast<unsigned long long>(bound));
    }
    std::fflush(stdout);
  }
  active_mutation = Mutation::none;
  return missed == 0 ? 0 : 1;
}

/// Repeats one run with each operation of the disk failing in turn.
int run_sweep(std::uint64_t seed) {
  using Kind = Simulator::PlannedFault::Kind;
  Simulator plain(seed, false, Simulator::PlannedFault{Kind::crash, 0});
  if (const auto what = plain.run()) {
    print_failure({seed, *what});
    return 1;
  }
  const auto& counters = plain.disk_counters();
  constexpr std::array names{"fails", "finds the disk full", "sync fails", "crashes"};
  for (const auto kind : {Kind::fail, Kind::full, Kind::sync, Kind::crash}) {
    const auto count = kind == Kind::sync ? counters.syncs : counters.operations;
    const auto* name = names[static_cast<std::size_t>(kind)];
    for (std::uint64_t number = 1; number <= count; ++number) {
      const auto what = Simulator(seed, false, Simulator::PlannedFault{kind, number}).run();
      if (!what) continue;
      std::printf("seed %llu, operation %llu %s: %s\n", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(number), name, what->c_str());
      return 1;
    }
    std::printf("seed %llu: each of %llu %s, all is well\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(count), name);
  }
  return 0;
}

/// Repeats one run with SQLite's allocations failing in turn: each of the first ones, then ever
/// fewer.
int run_allocations(std::uint64_t seed) {
  std::uint64_t runs = 0;
  std::uint64_t number = 1;
  for (bool reached = true; reached; number += 1 + number / 100) {
    Simulator simulator(seed, false,
                        Simulator::PlannedFault{Simulator::PlannedFault::Kind::allocation, number});
    if (const auto what = simulator.run()) {
      std::printf("seed %llu, allocation %llu fails: %s\n", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(number), what->c_str());
      return 1;
    }
    ++runs;
    reached = simulator.allocations() >= number;
  }
  std::printf("seed %llu: %llu of %llu allocations fail, all is well\n",
              static_cast<unsigned long long>(seed), static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(number));
  return 0;
}

int run(const Options& options) {
  if (!options.mutation.empty()) {
    const auto mutation = mutation_of(options.mutation);
    if (!mutation) {
      std::fprintf(stderr, "there is no mutation %s\n", options.mutation.c_str());
      return 2;
    }
    active_mutation = *mutation;
  }
  if (options.seed && options.allocations) {
    allocation_faults::install();
    return run_allocations(*options.seed);
  }
  if (options.seed && options.sweep) return run_sweep(*options.seed);
  if (options.seed) return run_seed(*options.seed, options.verbose);
  if (options.mutations) return run_mutations(options.bound, options.jobs);
  return run_range(options.seeds, options.jobs);
}

}  // namespace
}  // namespace stead::test

int main(int argc, char** argv) {
  // A simulated disk takes and gives back large blocks all the time: keep them.
  ::mallopt(M_MMAP_THRESHOLD, 256 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
  stead::test::Options options;
  CLI::App app("Simulates a node on a disk that fails and crashes.");
  app.add_option("--seed", options.seed, "run this one");
  app.add_option("--seeds", options.seeds, "run these, FROM:UNTIL")->capture_default_str();
  app.add_option("--jobs", options.jobs, "processes")->check(CLI::Range(1, 256));
  app.add_option("--mutation", options.mutation, "with this deliberate bug");
  app.add_flag("--mutations", options.mutations, "find every deliberate bug");
  app.add_option("--bound", options.bound, "seeds to look for each bug")->capture_default_str();
  app.add_flag("--sweep", options.sweep, "let each disk operation of the seed's run fail in turn");
  app.add_flag("--allocations", options.allocations, "let SQLite's allocations fail in turn");
  app.add_flag("--verbose", options.verbose, "tell what happens");
  CLI11_PARSE(app, argc, argv);
  return stead::test::run(options);
}
