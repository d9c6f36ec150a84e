#include <algorithm>
#include <exception>
#include <filesystem>
#include <functional>
#include <thread>

#include "bench/journal/parts.h"
#include "bench/journal/writer.h"
#include "bench/journal/yardsticks.h"
#include "bench/work_folder.h"

namespace stead {

namespace {

/// The goal of durable one-row transactions over many objects.
constexpr double times_sqlite = 12;

Rate sum(const std::vector<Rate>& rates) {
  Rate all;
  for (const auto& rate : rates) {
    all.per_second += rate.per_second;
    all.times.merge(rate.times);
  }
  return all;
}

/// Runs `one(0)` to `one(count - 1)`, each on a thread, and adds up what they give.
Rate on_threads(std::size_t count, const std::function<Rate(std::size_t)>& one) {
  std::vector<Rate> rates(count);
  std::vector<std::exception_ptr> failures(count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      try {
        rates[i] = one(i);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  return sum(rates);
}

/// The same objects twice: as ours, and as files of SQLite's own, in the same folder.
class Contest {
 public:
  Contest(const JournalBenchOptions& options, std::size_t objects)
      : folder_(options.folder),
        slice_(options.slice),
        storage_(Disk::system(), Environment::system(), {.data = folder_.path()}),
        threads_(std::min(options.threads, objects)) {
    std::filesystem::create_directories(folder_.path() + "/sqlite");
    for (std::size_t thread = 0; thread < threads_; ++thread) {
      const auto first = objects * thread / threads_;
      const auto count = objects * (thread + 1) / threads_ - first;
      auto& of = classes_.emplace_back(
          std::make_unique<BenchClass>(Disk::system(), folder_.path(), workload_));
      writers_.push_back(std::make_unique<Writer>(storage_, *of, first, count));
      // Objects that exist: what is measured is not their first write.
      writers_.back()->write_each(256);
      auto& files = files_.emplace_back();
      for (std::size_t i = first; i < first + count; ++i) {
        files.push_back(std::make_unique<SqliteCounter>(folder_.path() + "/sqlite/" +
                                                        std::to_string(i) + ".sqlite"));
        files.back()->increment();
      }
    }
  }

  Rate ours(std::size_t outstanding) {
    const auto threads = std::min(threads_, outstanding);
    return on_threads(
        threads, [&](std::size_t i) { return writers_[i]->run(slice_, outstanding / threads); });
  }
  /// With as many threads.
  Rate sqlite(std::size_t outstanding) {
    return on_threads(std::min(threads_, outstanding),
                      [&](std::size_t i) { return increment_at_random(files_[i], slice_); });
  }
  Rate disk() { return write_and_sync(folder_.path() + "/yardstick", slice_ / 2); }

 private:
  const WorkFolder folder_;
  const std::chrono::nanoseconds slice_;
  CounterWorkload workload_;
  NodeStorage storage_;
  const std::size_t threads_;
  std::vector<std::unique_ptr<BenchClass>> classes_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::vector<std::vector<std::unique_ptr<SqliteCounter>>> files_;
};

double p50_us(const Rate& rate) { return static_cast<double>(rate.times.quantile(0.5)) / 1e3; }

void compare(Contest& contest, const JournalBenchOptions& options, std::size_t objects,
             std::size_t outstanding, Report& report) {
  std::vector<double> commits, sqlite_commits, ratios, p50, sync_p50, beyond_sync;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const bool we_begin = round % 2 == 0;
    Rate ours;
    if (we_begin) ours = contest.ours(outstanding);
    const auto disk = contest.disk();
    const auto sqlite = contest.sqlite(outstanding);
    if (!we_begin) ours = contest.ours(outstanding);
    commits.push_back(ours.per_second);
    sqlite_commits.push_back(sqlite.per_second);
    ratios.push_back(ours.per_second / sqlite.per_second);
    p50.push_back(p50_us(ours));
    sync_p50.push_back(p50_us(disk));
    beyond_sync.push_back(p50_us(ours) - p50_us(disk));
  }
  const auto where =
      std::to_string(objects) + " objects, " + std::to_string(outstanding) + " outstanding: ";
  report.add(where + "commits", commits, "/s");
  report.add(where + "SQLite's", sqlite_commits, "/s");
  std::optional<Bar> bar;
  if (objects > 1 && outstanding > 1) bar = Bar{Bar::Kind::at_least, times_sqlite};
  report.add(where + "ratio", ratios, "x", bar);
  report.add(where + "p50", p50, "us");
  if (outstanding > 1) return;
  report.add(where + "4 KiB write and fdatasync, p50", sync_p50, "us");
  report.add(where + "p50 beyond that", beyond_sync, "us");
}

}  // namespace

void measure_throughput(const JournalBenchOptions& options, Report& report) {
  report.begin("throughput", "durable one-row transactions, " + std::to_string(options.threads) +
                                 " threads, against SQLite with synchronous=FULL");
  for (const auto objects : {options.many_objects, std::size_t{1}}) {
    Contest contest(options, objects);
    for (const std::size_t outstanding : {1, 64, 256}) {
      compare(contest, options, objects, outstanding, report);
    }
  }
}

}  // namespace stead
