#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "bench/journal/child.h"
#include "bench/journal/parts.h"
#include "bench/node/caller.h"
#include "bench/node/usage.h"
#include "bench/work_folder.h"
#include "examples/1_counter/counter.h"

namespace stead {

namespace {

using SteadyClock = std::chrono::steady_clock;

class Stderr final : public LogSink {
 public:
  void write(LogLevel level, std::string_view text) override {
    if (level < LogLevel::warning) return;
    std::fprintf(stderr, "bench_journal: %.*s\n", static_cast<int>(text.size()), text.data());
  }
};

/// A node of one shard with the counters of an application.
struct Program {
  explicit Program(const std::string& data) {
    app.add<Counter>("Counter");
    config.data = data;
    config.shards = 1;
    // Every object is in memory until the node stops.
    config.object.idle_timeout = std::chrono::hours(1);
  }
  App app;
  Config config;
  Stderr log;
};

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

struct Stop {
  double write_seconds;
  double stop_seconds;
};

Stop write_and_stop(const std::string& data, std::size_t objects) {
  Program program(data);
  Node node(program.app, program.config, Environment::system(), program.log);
  node.start();
  Stop result{};
  auto start = SteadyClock::now();
  Caller(node, "Counter", objects).call_each("POST", 256);
  result.write_seconds = seconds_since(start);
  start = SteadyClock::now();
  node.stop(std::chrono::seconds(60));
  result.stop_seconds = seconds_since(start);
  return result;
}

struct Start {
  double started_ms;
  double first_answer_ms;
  double resident_mib;
};

Start start_again(const std::string& data) {
  Program program(data);
  const auto before = Usage::now();
  const auto start = SteadyClock::now();
  Node node(program.app, program.config, Environment::system(), program.log);
  node.start();
  Start result{};
  result.started_ms = seconds_since(start) * 1e3;
  result.resident_mib = static_cast<double>(Usage::now().resident - before.resident) / (1 << 20);
  Caller(node, "Counter", 1).call_each("GET");
  result.first_answer_ms = seconds_since(start) * 1e3;
  node.stop(std::chrono::seconds(60));
  return result;
}

/// Bytes that the files below a folder take on the disk.
double disk_bytes(const std::string& folder) {
  double sum = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    struct stat status{};
    if (::stat(entry.path().c_str(), &status) == 0) {
      sum += static_cast<double>(status.st_blocks) * 512;
    }
  }
  return sum;
}

void measure(const JournalBenchOptions& options, std::size_t objects, Report& report) {
  const WorkFolder folder(options.folder);
  const auto where = std::to_string(objects) + " objects: ";
  const auto stop = in_child([&] { return write_and_stop(folder.path(), objects); });
  const auto count = static_cast<double>(objects);
  report.add(where + "first writes through the node", count / stop.write_seconds, "/s");
  report.add(where + "stop with all of them in memory", stop.stop_seconds, "s");
  report.add(where + "files, folders included", disk_bytes(folder.path() + "/objects") / count,
             "bytes/object");
  report.add(where + "journal", disk_bytes(folder.path() + "/journal") / count, "bytes/object");
  std::vector<double> started, answered, resident;
  for (std::size_t i = 0; i < options.rounds; ++i) {
    const auto start = in_child([&] { return start_again(folder.path()); });
    started.push_back(start.started_ms);
    answered.push_back(start.first_answer_ms);
    resident.push_back(start.resident_mib);
  }
  report.add(where + "start", started, "ms");
  report.add(where + "start, and the first object has answered", answered, "ms");
  report.add(where + "memory of the started node", resident, "MiB");
}

}  // namespace

void measure_start_up(const JournalBenchOptions& options, Report& report) {
  report.begin("start-up", "of a node with sleeping objects, after a clean stop");
  measure(options, options.few_sleeping, report);
  measure(options, options.many_sleeping, report);
}

}  // namespace stead
