#include "actors/node.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <cstdlib>
#include <future>
#include <thread>

#include "actors/directory.h"
#include "actors/shard.h"
#include "storage/data_directory.h"
#include "storage/node_storage.h"
#include "storage/work_queue.h"

namespace stead {

namespace {

bool has_blocking(const App& app) {
  const auto& classes = app.classes();
  return (app.worker() && app.worker()->blocking) ||
         std::any_of(classes.begin(), classes.end(),
                     [](const auto& info) { return info->blocking; });
}

Config with_shards(Config config, const App& app) {
  if (config.shards == 0) config.shards = std::max(1U, std::thread::hardware_concurrency());
  config.blocking_shards = has_blocking(app) ? std::max(1U, config.blocking_shards) : 0;
  return config;
}

/// CAF runs nothing of ours on threads of its own, so one that sleeps is enough.
caf::actor_system_config& configure(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{1});
  return config;
}

std::optional<HistoryKeeper::Limits> history_of(const Config& config) {
  if (!config.history.on()) return std::nullopt;
  return HistoryKeeper::Limits{config.history.keep, config.history.bytes};
}

/// EX_IOERR of sysexits.h.
constexpr int exit_disk_failed = 74;

/// A worker's id is not one of a namespace: it only says on which shard the worker lives.
ObjectId worker_id(std::size_t shard) {
  ObjectId id;
  std::memcpy(id.bytes.data(), &shard, sizeof shard);
  return id;
}

}  // namespace

struct Node::Parts {
  Parts(const App& app, Config given, Environment env, LogSink& sink)
      : config(with_shards(std::move(given), app)),
        environment(env),
        log(sink),
        data(DataDirectory::open(config.data).take_or_raise()),
        storage(disk, environment,
                {.data = config.data,
                 .journal = {.segment_bytes = config.journal.segment_bytes,
                             .segments = config.journal.segments},
                 .history = history_of(config),
                 .on_failure = [this](std::exception_ptr failure) { fail(failure); },
                 .on_warning =
                     [this](const std::string& text) { log.write(LogLevel::warning, text); }}),
        directory(config.data),
        actors(configure(actors_config)) {
    tell_recovery();
    for (const auto& info : app.classes()) {
      const auto key = data->namespace_key(info->name, environment.random).take_or_raise();
      classes.add(*info, NamespaceKey(key));
    }
    set_durability();
    if (app.worker()) worker.emplace(Class{*app.worker(), NamespaceKey({})});
    const ShardServices services{config,
                                 environment,
                                 classes,
                                 disk,
                                 storage.journal(),
                                 storage.checkpointer(),
                                 directory,
                                 background,
                                 log,
                                 actors,
                                 shards};
    for (unsigned i = 0; i < config.shards + config.blocking_shards; ++i) {
      shards.push_back(std::make_unique<Shard>(services));
    }
    background_thread = std::make_unique<BackgroundThread>(
        [this] { return background.wait(); }, [this] { background.run_next(); },
        [this](std::exception_ptr failure) { fail(failure); });
  }

  void set_durability() {
    for (const auto& [name, durability] : config.durability) {
      const auto of = std::ranges::find(classes, name, [](const auto& c) { return c->info.name; });
      if (of == classes.end()) {
        throw Error(ErrorCode::type, "durability." + name +
                                         ": the application has no such class; write its name as "
                                         "the application does, or take the setting away");
      }
      (*of)->durability = durability;
    }
  }

  /// The disk does not keep what it was told to: nothing more may be acknowledged.
  [[noreturn]] void fail(std::exception_ptr failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      log.write(LogLevel::error,
                std::string("the disk failed, so the node ends now without acknowledging anything "
                            "more; look after the disk and start it again, it then recovers from "
                            "what is stored: ") +
                    error.what());
    }
    std::_Exit(exit_disk_failed);
  }

  void close_storage() {
    try {
      storage.close();
    } catch (const StorageError& error) {
      log.write(LogLevel::warning, "the journal stays, and the next start recovers from it: " +
                                       std::string(error.what()));
    }
  }

  void tell_recovery() {
    const auto& report = storage.recovered();
    if (report.applied == 0) return;
    log.write(LogLevel::info, "recovered " + std::to_string(report.applied) + " commits of " +
                                  std::to_string(report.files) + " objects from the journal");
  }

  /// Runs a function on every shard's thread and waits for all.
  template <class Function>
  void on_every_shard(Function function) {
    std::vector<std::future<void>> done;
    for (auto& shard : shards) {
      std::packaged_task<void()> task([&function, &each = *shard] { function(each); });
      done.push_back(task.get_future());
      boost::asio::post(shard->loop(), std::move(task));
    }
    for (auto& each : done) each.get();
  }

  bool idle() {
    std::atomic<bool> all = true;
    on_every_shard([&all](Shard& shard) {
      if (!shard.idle()) all = false;
    });
    return all;
  }

  const Config config;
  const Environment environment;
  LogSink& log;
  std::unique_ptr<DataDirectory> data;
  ClassTable classes;
  std::optional<Class> worker;
  Disk& disk = Disk::system();
  NodeStorage storage;
  Directory directory;
  caf::actor_system_config actors_config;
  caf::actor_system actors;
  std::vector<std::unique_ptr<Shard>> shards;
  bool running = false;
  WorkQueue background;
  std::unique_ptr<BackgroundThread> background_thread;

  ~Parts() { stop_background(); }
  void stop_background() {
    background.stop();
    background_thread.reset();
  }
};

Node::Node(const App& app, Config config, Environment environment, LogSink& log)
    : parts_(std::make_unique<Parts>(app, std::move(config), environment, log)) {}

Node::~Node() { stop(std::chrono::milliseconds(0)); }

void Node::start() {
  for (auto& shard : parts_->shards) shard->start();
  parts_->running = true;
}

void Node::stop(std::chrono::milliseconds deadline) {
  if (!std::exchange(parts_->running, false)) return;
  const auto end = std::chrono::steady_clock::now() + deadline;
  // Twice in a row: a call on its way between two shards shows on neither.
  for (int idle_rounds = 0; idle_rounds < 2 && std::chrono::steady_clock::now() < end;) {
    if (parts_->idle()) {
      ++idle_rounds;
      continue;
    }
    idle_rounds = 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  Error error(ErrorCode::shutting_down, "the node is stopping: try again on another, or later");
  error.set_retryable(true);
  parts_->on_every_shard([&error](Shard& shard) { shard.shut_down(error); });
  parts_->stop_background();
  parts_->storage.drain();
  parts_->on_every_shard([](Shard& shard) { shard.close_objects(); });
  parts_->close_storage();
  for (auto& shard : parts_->shards) shard->join();
  parts_->directory.close();
}

const Config& Node::config() const { return parts_->config; }
const Environment& Node::environment() const { return parts_->environment; }
const ClassTable& Node::classes() const { return parts_->classes; }
Directory& Node::directory() { return parts_->directory; }
LogSink& Node::log() { return parts_->log; }
std::size_t Node::shard_count() const { return parts_->config.shards; }
boost::asio::io_context& Node::loop(std::size_t shard) { return parts_->shards.at(shard)->loop(); }
Host& Node::host(std::size_t shard) { return *parts_->shards.at(shard); }

std::vector<ObjectAddress> Node::workers(std::size_t shard) const {
  std::vector<ObjectAddress> workers;
  if (!parts_->worker) return workers;
  const auto add = [&](std::size_t index) {
    workers.push_back({&*parts_->worker, worker_id(index), "shard " + std::to_string(index)});
  };
  if (!parts_->worker->info.blocking) {
    add(shard);
    return workers;
  }
  for (std::size_t index = 0; index < parts_->config.blocking_shards; ++index) add(index);
  return workers;
}

std::size_t Node::live_objects() const {
  std::size_t sum = 0;
  for (const auto& shard : parts_->shards) sum += shard->live_objects();
  return sum;
}

}  // namespace stead
