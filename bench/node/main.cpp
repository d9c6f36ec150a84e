// bench_node: what waking an object and keeping it alive costs, inside the node and without a
// network (docs/benchmarks.md). Exits with 1 if hibernated objects still hold anything.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "bench/node/caller.h"
#include "bench/node/page_cache_meter.h"
#include "bench/node/usage.h"
#include "bench/work_folder.h"
#include "examples/1_counter/counter.h"

namespace stead {
namespace {

struct Options {
  std::size_t objects = 2'000;
  int idle_ms = 4'000;
  std::string folder = std::filesystem::temp_directory_path();
  std::string json;
};

/// Warnings and errors on stderr.
class Stderr final : public LogSink {
 public:
  void write(LogLevel level, std::string_view text) override {
    if (level < LogLevel::warning) return;
    std::fprintf(stderr, "bench_node: %.*s\n", static_cast<int>(text.size()), text.data());
  }
};

struct Figures {
  Histogram first_wake;
  Histogram live_read;
  Histogram later_wake;
  Usage started;
  Usage before;
  Usage live;
  Usage hibernated;
};

Config config_for(const Options& options, const WorkFolder& folder) {
  Config config;
  config.data = folder.path();
  config.shards = 1;
  config.object.idle_timeout = std::chrono::milliseconds(options.idle_ms);
  return config;
}

void wait_until_hibernated(const Node& node) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (node.live_objects() > 0) {
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("objects stay in memory: " + std::to_string(node.live_objects()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void require_live(const Node& node, std::size_t count) {
  if (node.live_objects() == count) return;
  throw std::runtime_error("only " + std::to_string(node.live_objects()) +
                           " objects are live: raise --idle-ms");
}

void stop(Node& node) { node.stop(std::chrono::seconds(30)); }

Figures measure(const Options& options) {
  const WorkFolder folder(options.folder);
  Stderr log;
  App app;
  app.add<Counter>("Counter");
  const auto config = config_for(options, folder);
  {
    Node node(app, config, Environment::system(), log);
    node.start();
    Caller(node, "Counter", options.objects).call_each("POST", 64);
    stop(node);
  }
  Figures figures;
  Node node(app, config, Environment::system(), log);
  node.start();
  Caller all(node, "Counter", options.objects);
  Caller one(node, "Counter", 1);
  figures.started = Usage::now();
  // The first object pays for what all share.
  one.call_each("GET");
  figures.before = Usage::now();
  figures.first_wake = all.call_each("GET");
  require_live(node, options.objects);
  figures.live = Usage::now();
  figures.live_read = all.call_each("GET");
  wait_until_hibernated(node);
  figures.hibernated = Usage::now();
  figures.later_wake = all.call_each("GET");
  stop(node);
  return figures;
}

double micros(const Histogram& times, double q) {
  return static_cast<double>(times.quantile(q)) / 1e3;
}

void print_times(const char* what, const Histogram& times) {
  std::printf("  %-44s p50 %8.1f us   p99 %8.1f us   max %8.1f us\n", what, micros(times, 0.5),
              micros(times, 0.99), micros(times, 1));
}

/// The differences that one live object makes, in KiB.
struct PerObject {
  PerObject(const Figures& figures, std::size_t objects) {
    // One object was live before.
    const auto more = static_cast<double>(objects - 1) * 1024;
    resident = static_cast<double>(figures.live.resident - figures.before.resident) / more;
    heap = static_cast<double>(figures.live.heap - figures.before.heap) / more;
    page_cache = static_cast<double>(figures.live.page_cache - figures.before.page_cache) / more;
    beyond_page_cache = heap - page_cache;
  }
  double resident;
  double heap;
  double page_cache;
  double beyond_page_cache;
};

void print(const Figures& figures, const PerObject& each, std::size_t objects) {
  std::printf("Inside the node, one shard, %zu objects\n", objects);
  print_times("wake, first in this process", figures.first_wake);
  print_times("wake, after hibernation", figures.later_wake);
  print_times("read of a live object", figures.live_read);
  std::printf("Memory of a live object with an open database\n");
  std::printf(
      "  heap beyond SQLite's page cache %6.1f KiB   (page cache %.1f, heap %.1f, "
      "resident %.1f)\n",
      each.beyond_page_cache, each.page_cache, each.heap, each.resident);
  const auto row = [](const char* when, const Usage& usage) {
    std::printf("  %-16s %6lld descriptors %4lld threads %8.1f MiB heap %8.1f MiB resident\n", when,
                static_cast<long long>(usage.descriptors), static_cast<long long>(usage.threads),
                static_cast<double>(usage.heap) / (1 << 20),
                static_cast<double>(usage.resident) / (1 << 20));
  };
  std::printf("The process\n");
  row("no object yet", figures.started);
  row("all live", figures.live);
  row("all hibernated", figures.hibernated);
}

void write_json(const Options& options, const Figures& figures, const PerObject& each) {
  std::ofstream out(options.json);
  const auto times = [&](const char* name, const Histogram& values) {
    out << "  \"" << name << "\": {\"p50_us\": " << micros(values, 0.5)
        << ", \"p99_us\": " << micros(values, 0.99) << ", \"max_us\": " << micros(values, 1)
        << "},\n";
  };
  const auto usage = [&](const char* name, const Usage& at, const char* end) {
    out << "  \"" << name << "\": {\"descriptors\": " << at.descriptors
        << ", \"threads\": " << at.threads << ", \"heap\": " << at.heap
        << ", \"page_cache\": " << at.page_cache << ", \"resident\": " << at.resident << "}" << end;
  };
  out << "{\n  \"objects\": " << options.objects << ",\n";
  times("first_wake", figures.first_wake);
  times("later_wake", figures.later_wake);
  times("live_read", figures.live_read);
  out << "  \"per_object_kib\": {\"beyond_page_cache\": " << each.beyond_page_cache
      << ", \"page_cache\": " << each.page_cache << ", \"heap\": " << each.heap
      << ", \"resident\": " << each.resident << "},\n";
  usage("started", figures.started, ",\n");
  usage("live", figures.live, ",\n");
  usage("hibernated", figures.hibernated, "\n}\n");
  if (!out.flush()) throw std::runtime_error("cannot write " + options.json);
}

int run(int argc, char** argv) {
  CLI::App cli("Measures waking an object and keeping it alive, inside the node.");
  Options options;
  cli.add_option("--objects", options.objects, "How many objects")
      ->check(CLI::Range(2, 100'000))
      ->capture_default_str();
  cli.add_option("--idle-ms", options.idle_ms, "Milliseconds until an idle object hibernates")
      ->check(CLI::Range(100, 600'000))
      ->capture_default_str();
  cli.add_option("--folder", options.folder, "Where to put the data, for the time of the run")
      ->capture_default_str();
  cli.add_option("--json", options.json, "Write the figures to this file");
  CLI11_PARSE(cli, argc, argv);

  raise_descriptor_limit();
  PageCacheMeter::install();
  const auto figures = measure(options);
  const PerObject each(figures, options.objects);
  print(figures, each, options.objects);
  if (!options.json.empty()) write_json(options, figures, each);
  const bool clean = figures.hibernated.descriptors <= figures.started.descriptors &&
                     figures.hibernated.threads <= figures.started.threads;
  if (!clean) std::printf("FAILED: hibernated objects hold descriptors or threads\n");
  return clean ? 0 : 1;
}

}  // namespace
}  // namespace stead

int main(int argc, char** argv) {
  try {
    return stead::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_node: %s\n", error.what());
    return 1;
  }
}
