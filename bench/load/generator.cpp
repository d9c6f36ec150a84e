#include "bench/load/generator.h"

#include <sys/resource.h>

#include <array>
#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "bench/load/response_parser.h"

namespace stead {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

constexpr auto reconnect_pause = std::chrono::milliseconds(10);
constexpr auto timeout_check = std::chrono::milliseconds(100);
/// A request this long fits into a socket's send buffer whole.
constexpr std::size_t max_request = 16 << 10;

std::string render(const LoadOptions& options, std::uint64_t object) {
  auto path = options.path;
  if (const auto at = path.find("{i}"); at != path.npos)
    path.replace(at, 3, std::to_string(object));
  auto text = options.method + " " + path + " HTTP/1.1\r\nHost: " + options.host + ":" +
              std::to_string(options.port) + "\r\n";
  if (options.method != "GET" || !options.body.empty()) {
    text += "Content-Length: " + std::to_string(options.body.size()) + "\r\n";
  }
  text += "\r\n" + options.body;
  if (text.size() > max_request) throw std::runtime_error("the request is longer than 16 KiB");
  return text;
}

/// What all threads share. Constant while they run, except `next`.
struct Plan {
  explicit Plan(const LoadOptions& from) : options(from) {
    for (std::uint64_t i = 0; i < options.objects; ++i) requests.push_back(render(options, i));
  }

  const LoadOptions& options;
  /// One for each object.
  std::vector<std::string> requests;
  tcp::endpoint server;
  SteadyTime measure_from;
  SteadyTime stop_at;
  std::atomic<std::uint64_t> next = 0;
};

class Connection;

/// One thread: a loop, its connections, and what they measured.
class Worker {
 public:
  Worker(Plan& plan, int connections, std::uint64_t seed);

  void run();
  const LoadResult& result() const { return result_; }
  /// The last answer that counted.
  SteadyTime last() const { return last_; }

 private:
  friend class Connection;

  /// The next request to send; null if there is none.
  const std::string* next_request(SteadyTime now);
  void on_answer(const ResponseParser& answer, SteadyTime sent, SteadyTime now);
  void check_timeouts();

  Plan& plan_;
  // No locks and no wake-ups: only this thread touches the loop.
  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  Timer timer_;
  std::minstd_rand random_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::size_t open_ = 0;
  LoadResult result_;
  SteadyTime last_;
};

/// One connection, and at most one request under way.
class Connection {
 public:
  explicit Connection(Worker& worker)
      : worker_(worker), socket_(worker.context_), pause_(worker.context_) {
    socket_.connect(worker.plan_.server);
    configure();
  }

  void start() { send(std::chrono::steady_clock::now()); }
  /// Ends a request that waits since before `limit`.
  void expire(SteadyTime limit) {
    error_code ignored;
    if (waiting_ && sent_ < limit) socket_.close(ignored);
  }

 private:
  void configure() {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
  }

  void send(SteadyTime now) {
    const auto* request = worker_.next_request(now);
    if (!request) {
      --worker_.open_;
      return;
    }
    sent_ = now;
    waiting_ = true;
    error_code error;
    const auto size = socket_.write_some(asio::buffer(*request), error);
    if (error || size < request->size()) return fail();
    receive();
  }

  void receive() {
    socket_.async_read_some(asio::buffer(input_), [this](error_code error, std::size_t size) {
      if (error) return fail();
      switch (parser_.feed({input_.data(), size})) {
        case ResponseParser::State::more:
          return receive();
        case ResponseParser::State::malformed:
          return fail();
        case ResponseParser::State::complete:
          return finish();
      }
    });
  }

  void finish() {
    waiting_ = false;
    const auto now = std::chrono::steady_clock::now();
    worker_.on_answer(parser_, sent_, now);
    const bool keep = parser_.keep_alive();
    parser_.reset();
    if (keep) return send(now);
    reconnect();
  }

  void fail() {
    waiting_ = false;
    ++worker_.result_.errors;
    parser_.reset();
    pause_.expires_after(reconnect_pause);
    pause_.async_wait([this](error_code) { reconnect(); });
  }

  void reconnect() {
    error_code error;
    socket_.close(error);
    if (std::chrono::steady_clock::now() >= worker_.plan_.stop_at) {
      --worker_.open_;
      return;
    }
    socket_.async_connect(worker_.plan_.server, [this](error_code failed) {
      if (failed) return fail();
      configure();
      start();
    });
  }

  Worker& worker_;
  Socket socket_;
  Timer pause_;
  ResponseParser parser_;
  SteadyTime sent_;
  bool waiting_ = false;
  std::array<char, 8192> input_;
};

Worker::Worker(Plan& plan, int connections, std::uint64_t seed)
    : plan_(plan), timer_(context_), random_(static_cast<std::uint32_t>(seed)) {
  for (int i = 0; i < connections; ++i) {
    connections_.push_back(std::make_unique<Connection>(*this));
  }
}

void Worker::run() {
  open_ = connections_.size();
  check_timeouts();
  for (auto& connection : connections_) connection->start();
  while (open_ > 0) context_.run_one();
}

const std::string* Worker::next_request(SteadyTime now) {
  if (now >= plan_.stop_at) return nullptr;
  const bool counted = plan_.options.count > 0;
  std::uint64_t ticket = 0;
  if (counted || plan_.options.in_order) {
    ticket = plan_.next.fetch_add(1, std::memory_order_relaxed);
  }
  if (counted && ticket >= plan_.options.count) return nullptr;
  const auto chosen = plan_.options.in_order ? ticket : random_();
  return &plan_.requests[chosen % plan_.requests.size()];
}

void Worker::on_answer(const ResponseParser& answer, SteadyTime sent, SteadyTime now) {
  if (answer.status() == 200) {
    ++result_.answered_200;
    result_.sum_of_200 += answer.number();
  }
  if (now < plan_.measure_from || now > plan_.stop_at) return;
  ++result_.requests;
  if (answer.status() != 200) ++result_.non_200;
  result_.latency.record(static_cast<std::uint64_t>(std::chrono::nanoseconds(now - sent).count()));
  last_ = now;
}

void Worker::check_timeouts() {
  const auto limit = std::chrono::steady_clock::now() - plan_.options.timeout;
  for (auto& connection : connections_) connection->expire(limit);
  timer_.expires_after(timeout_check);
  timer_.async_wait([this](error_code) { check_timeouts(); });
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

tcp::endpoint resolve(const LoadOptions& options) {
  asio::io_context context;
  return *tcp::resolver(context).resolve(options.host, std::to_string(options.port)).begin();
}

LoadResult sum(const std::vector<std::unique_ptr<Worker>>& workers) {
  LoadResult all;
  for (const auto& worker : workers) {
    const auto& part = worker->result();
    all.requests += part.requests;
    all.non_200 += part.non_200;
    all.errors += part.errors;
    all.answered_200 += part.answered_200;
    all.sum_of_200 += part.sum_of_200;
    all.latency.merge(part.latency);
  }
  return all;
}

}  // namespace

LoadResult generate_load(const LoadOptions& options) {
  Plan plan(options);
  plan.server = resolve(options);
  std::vector<std::unique_ptr<Worker>> workers;
  std::random_device seed;
  for (int i = 0; i < options.threads; ++i) {
    const int extra = i < options.connections % options.threads ? 1 : 0;
    workers.push_back(
        std::make_unique<Worker>(plan, options.connections / options.threads + extra, seed()));
  }

  const bool counted = options.count > 0;
  const auto cpu_before = cpu_seconds();
  const auto started = std::chrono::steady_clock::now();
  plan.measure_from = counted ? started : started + options.warm_up;
  plan.stop_at = plan.measure_from + options.measured;
  std::vector<std::jthread> threads;
  for (auto& worker : workers) threads.emplace_back([&worker] { worker->run(); });
  threads.clear();

  auto result = sum(workers);
  auto end = plan.stop_at;
  if (counted) {
    end = plan.measure_from;
    for (const auto& worker : workers) end = std::max(end, worker->last());
  }
  result.seconds = std::chrono::duration<double>(end - plan.measure_from).count();
  result.cpu_seconds = cpu_seconds() - cpu_before;
  return result;
}

}  // namespace stead
