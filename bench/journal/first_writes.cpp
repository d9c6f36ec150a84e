#include <chrono>
#include <thread>
#include <vector>

#include "bench/journal/parts.h"
#include "bench/journal/writer.h"
#include "bench/work_folder.h"

namespace stead {

namespace {

constexpr double objects_per_second = 10'000;
constexpr std::size_t outstanding = 256;

double create_objects(const JournalBenchOptions& options) {
  const WorkFolder folder(options.folder);
  NodeStorage storage(Disk::system(), Environment::system(), {.data = folder.path()});
  std::vector<std::thread> threads;
  CounterWorkload workload;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < options.threads; ++i) {
    threads.emplace_back([&, i] {
      const auto first = options.new_objects * i / options.threads;
      const auto end = options.new_objects * (i + 1) / options.threads;
      BenchClass of(Disk::system(), folder.path(), workload);
      Writer writer(storage, of, first, end - first);
      writer.write_each(outstanding);
    });
  }
  for (auto& thread : threads) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return static_cast<double>(options.new_objects) / took.count();
}

}  // namespace

void measure_first_writes(const JournalBenchOptions& options, Report& report) {
  report.begin("first-writes", std::to_string(options.new_objects) + " new objects, " +
                                   std::to_string(options.threads) + " threads, " +
                                   std::to_string(outstanding) + " outstanding each");
  std::vector<double> rates;
  for (std::size_t i = 0; i < options.rounds; ++i) rates.push_back(create_objects(options));
  report.add("durable, with making and letting go of them in memory", rates, "objects/s",
             Bar{Bar::Kind::at_least, objects_per_second});
}

}  // namespace stead
