#pragma once

#include "bench/journal/options.h"
#include "bench/journal/report.h"

namespace stead {

// What `bench_journal` measures; docs/benchmarks.md says what each figure means.

/// Durable one-row transactions against SQLite's own.
void measure_throughput(const JournalBenchOptions& options, Report& report);
/// Where the time of a commit goes.
void measure_cost(const JournalBenchOptions& options, Report& report);
/// Bytes written for each byte that an object changed.
void measure_amplification(const JournalBenchOptions& options, Report& report);
/// The start after a crash.
void measure_recovery(const JournalBenchOptions& options, Report& report);
/// First commits of objects that did not exist.
void measure_first_writes(const JournalBenchOptions& options, Report& report);
/// Stopping with many objects, and starting again.
void measure_start_up(const JournalBenchOptions& options, Report& report);

}  // namespace stead
