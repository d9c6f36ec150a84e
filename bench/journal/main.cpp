// bench_journal: what making commits durable costs, below the runtime and without a network
// (docs/benchmarks.md).

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "bench/journal/parts.h"
#include "bench/node/usage.h"

namespace stead {
namespace {

using Part = void (*)(const JournalBenchOptions&, Report&);

const std::vector<std::pair<std::string, Part>> parts{
    {"throughput", measure_throughput},       {"cost", measure_cost},
    {"amplification", measure_amplification}, {"recovery", measure_recovery},
    {"first-writes", measure_first_writes},   {"start-up", measure_start_up},
};

std::vector<std::string> part_names() {
  std::vector<std::string> names;
  for (const auto& [name, run] : parts) names.push_back(name);
  return names;
}

/// Enough to see that everything runs.
JournalBenchOptions smoke() {
  JournalBenchOptions options;
  options.rounds = 1;
  options.slice = std::chrono::milliseconds(50);
  options.many_objects = 20;
  options.commits = 200;
  options.recovery_mib = 1;
  options.new_objects = 100;
  options.few_sleeping = 10;
  options.many_sleeping = 50;
  return options;
}

int run(int argc, char** argv) {
  CLI::App cli("Measures what it costs to make commits durable.");
  // What is given beside it still counts.
  const std::vector<std::string> words(argv, argv + argc);
  const bool is_smoke = std::find(words.begin(), words.end(), "--smoke") != words.end();
  auto options = is_smoke ? smoke() : JournalBenchOptions();
  options.parts = part_names();
  auto slice_ms = options.slice.count();
  const auto add = [&](const char* name, auto& value, const char* what) {
    return cli.add_option(name, value, what)->capture_default_str();
  };
  add("--parts", options.parts, "What to measure")
      ->delimiter(',')
      ->check(CLI::IsMember(part_names()));
  add("--folder", options.folder, "Where to put the data, for the time of the run");
  add("--rounds", options.rounds, "Rounds of what has a yardstick")->check(CLI::PositiveNumber);
  add("--slice-ms", slice_ms, "Milliseconds of one measurement")->check(CLI::PositiveNumber);
  add("--threads", options.threads, "Threads that own objects")->check(CLI::PositiveNumber);
  add("--many", options.many_objects, "Objects of throughput")->check(CLI::PositiveNumber);
  add("--commits", options.commits, "Commits of cost and amplification")
      ->check(CLI::PositiveNumber);
  add("--recovery-mib", options.recovery_mib, "Size of the journal that is recovered")
      ->check(CLI::PositiveNumber);
  add("--new-objects", options.new_objects, "Objects of first-writes")->check(CLI::PositiveNumber);
  add("--objects", options.many_sleeping, "Objects of start-up")->check(CLI::PositiveNumber);
  cli.add_option("--json", options.json, "Write the figures to this file");
  bool smoke_given = false;
  cli.add_flag("--smoke", smoke_given, "Small sizes, to see that everything runs");
  CLI11_PARSE(cli, argc, argv);

  options.slice = std::chrono::milliseconds(slice_ms);
  raise_descriptor_limit();
  Report report;
  for (const auto& [name, measure] : parts) {
    const auto& chosen = options.parts;
    if (std::find(chosen.begin(), chosen.end(), name) != chosen.end()) measure(options, report);
  }
  if (!options.json.empty()) report.write_json(options.json);
  return 0;
}

}  // namespace
}  // namespace stead

int main(int argc, char** argv) {
  try {
    return stead::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_journal: %s\n", error.what());
    return 1;
  }
}
