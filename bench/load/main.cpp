// stead_load: a small HTTP/1.1 load generator. Prints one JSON object (docs/benchmarks.md).

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "bench/load/generator.h"

namespace stead {
namespace {

constexpr double max_seconds = 3600;

std::chrono::nanoseconds as_duration(double seconds) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

void print(const LoadResult& result) {
  const auto count = [](const char* name, std::uint64_t value) {
    std::printf("\"%s\": %llu, ", name, static_cast<unsigned long long>(value));
  };
  const auto micros = [](const char* name, std::uint64_t nanos) {
    std::printf("\"%s\": %.1f, ", name, static_cast<double>(nanos) / 1e3);
  };
  std::printf("{");
  count("requests", result.requests);
  count("errors", result.errors);
  count("non_200", result.non_200);
  std::printf("\"seconds\": %.4f, ", result.seconds);
  const auto requests = static_cast<double>(result.requests);
  std::printf("\"rps\": %.1f, ", result.seconds > 0 ? requests / result.seconds : 0);
  micros("p50_us", result.latency.quantile(0.5));
  micros("p90_us", result.latency.quantile(0.9));
  micros("p99_us", result.latency.quantile(0.99));
  micros("p999_us", result.latency.quantile(0.999));
  micros("max_us", result.latency.max());
  count("answered_200", result.answered_200);
  count("sum_of_200", result.sum_of_200);
  std::printf("\"cpu_seconds\": %.3f}\n", result.cpu_seconds);
}

struct Arguments {
  LoadOptions load;
  double seconds = 0;
  double warm_up = 0.2;
  double timeout = 10;
};

void describe(CLI::App& app, Arguments& to) {
  auto& load = to.load;
  app.add_option("--host", load.host, "Server address")->capture_default_str();
  app.add_option("--port", load.port, "Server port")->capture_default_str();
  app.add_option("--method", load.method, "HTTP method")
      ->check(CLI::IsMember({"GET", "POST", "PUT", "DELETE"}))
      ->capture_default_str();
  app.add_option("--path", load.path, "Path; {i} stands for an object's number")
      ->capture_default_str();
  app.add_option("--body", load.body, "Request body");
  app.add_option("--objects", load.objects, "How many objects")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_flag("--in-order", load.in_order, "Objects in order, not at random");
  app.add_option("-c,--connections", load.connections, "Connections")
      ->check(CLI::Range(1, 20'000))
      ->capture_default_str();
  app.add_option("-t,--threads", load.threads, "Threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("-n,--count", load.count, "Requests to send; 0: for --seconds")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--seconds", to.seconds, "Upper bound; 5 by default, 600 with --count")
      ->check(CLI::Range(0.01, max_seconds));
  app.add_option("--warm-up", to.warm_up, "Seconds before measuring; none with --count")
      ->check(CLI::Range(0.0, max_seconds))
      ->capture_default_str();
  app.add_option("--timeout", to.timeout, "Seconds to wait for an answer")
      ->check(CLI::Range(0.1, max_seconds))
      ->capture_default_str();
}

int run(int argc, char** argv) {
  CLI::App app("Sends HTTP requests in a closed loop and prints what came back as JSON.");
  Arguments given;
  describe(app, given);
  CLI11_PARSE(app, argc, argv);
  auto& load = given.load;
  if (given.seconds == 0) given.seconds = load.count > 0 ? 600 : 5;
  load.measured = as_duration(given.seconds);
  load.warm_up = as_duration(given.warm_up);
  load.timeout = as_duration(given.timeout);
  load.threads = std::min(load.threads, load.connections);
  const auto result = generate_load(load);
  print(result);
  return result.requests > 0 ? 0 : 1;
}

}  // namespace
}  // namespace stead

int main(int argc, char** argv) {
  try {
    return stead::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stead_load: %s\n", error.what());
    return 1;
  }
}
