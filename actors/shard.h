#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor.hpp>
#include <caf/execution_unit.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "actors/object_actor.h"
#include "runtime/host.h"
#include "storage/empty_database.h"
#include "storage/journal.h"

namespace stead {

class Checkpointer;
class Directory;
class LogSink;
class Shard;
class WorkQueue;

/// What all shards of a node share. Outlives them.
struct ShardServices {
  const Config& config;
  Environment environment;
  const ClassTable& classes;
  Disk& disk;
  Journal& journal;
  Checkpointer& checkpointer;
  Directory& directory;
  WorkQueue& background;
  LogSink& log;
  caf::actor_system& actors;
  /// Those for connections and objects, `config.shards` of them; behind them those for objects that
  /// may block.
  const std::vector<std::unique_ptr<Shard>>& shards;
};

/// One thread with one event loop, and the objects whose ids hash to it: their actors are resumed
/// here and nowhere else, so objects need no locks. Connections run on the same loop.
///
/// Thread: its own, except where a function says any. Owner: the node.
class Shard final : public caf::execution_unit, public Host, private JournalClient {
 public:
  explicit Shard(ShardServices services);
  ~Shard() override;

  void start();
  /// Ends the loop once every actor has run, and joins the thread. Thread: any other.
  void join();
  boost::asio::io_context& loop() { return loop_; }
  std::size_t live_objects() const { return live_objects_.load(std::memory_order_relaxed); }

  /// Whether nothing is under way in any object.
  bool idle() const;
  /// Ends what is under way with an error, and hands the journal what is left to make durable.
  void shut_down(const Error& error);
  /// Lets every object leave memory, once the journal has told every outcome.
  void close_objects();

  // CAF: resumes an actor on this shard, at once if called from outside of every actor.
  // Thread: any.
  void exec_later(caf::resumable* job) override;

  // Host.
  const Environment& environment() override { return services_.environment; }
  const ClassTable& classes() override { return services_.classes; }
  const Config& config() override { return services_.config; }
  QueueLoad& load() override { return load_; }
  const QueueLoad& load_limit() override { return load_limit_; }
  void send(std::unique_ptr<Call> call) override;
  void bring_back(std::unique_ptr<Call> call) override;
  void resume(const ObjectId& object, Resumption resumption) override;
  void resume_after(std::chrono::nanoseconds pause, const ObjectId& object,
                    Resumption resumption) override;
  void run_in_background(std::function<void(Disk&)> work, const ObjectId& object,
                         Resumption resumption) override;
  std::uint64_t new_incarnation() override { return ++last_incarnation_; }
  std::unique_ptr<ObjectStore> open_store(const ObjectAddress& object) override;
  std::string write_refusal() override { return services_.journal.refusal(); }
  std::uint64_t append_commit(const CommitRecord& record, Transaction transaction) override;
  std::uint64_t last_commit_number() override { return services_.journal.last_number(); }
  void checkpointed(const ObjectAddress& object, const std::string& path,
                    std::uint64_t number) override;
  void storage_memory_changed(std::ptrdiff_t by) override;
  void object_created(const ObjectAddress& object) override;
  void object_closed(const ObjectAddress& object, std::int64_t size) override;
  void object_deleted(const ObjectAddress& object) override;
  void log(LogLevel level, std::string_view text) override;

 private:
  struct Entry {
    caf::actor handle;
    ObjectActor* actor = nullptr;
  };

  /// Something that another thread brings.
  struct Arrival {
    enum class Kind { call, answer, resumption, outcome, checkpoint };
    Kind kind;
    std::unique_ptr<Call> call{};
    ObjectId object{};
    Resumption resumption{};
    std::uint64_t sequence = 0;
    CommitOutcome outcome{};
  };

  Shard& home_of(const ObjectAddress& object) const;
  bool on_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }
  /// Takes what `arrives`: at once on the shard's own thread. Thread: any.
  void take(Arrival arrival);
  void wake();
  void drain_arrivals();
  void accept(Arrival arrival);
  void deliver(std::unique_ptr<Call> call);
  void deliver(const ObjectId& object, Resumption resumption);
  void tell(ObjectActor& actor, Delivery delivery);
  Entry& entry_of(const ObjectAddress& address);
  void run(caf::resumable* job);
  void stop_loop();
  void on_commit_outcomes(std::span<const CommitRecord> records,
                          CommitOutcome outcome) noexcept override;
  void on_checkpoint_wanted(const ObjectId& object) noexcept override;
  LiveObject* find(const ObjectId& object);
  void touch(ObjectActor& actor);
  void place_last(ObjectActor& actor);
  /// Has pages moved into files, those of the objects first that were used longest ago.
  void relieve_memory();
  void schedule_sweep(std::chrono::milliseconds pause);
  void sweep();
  /// Lets an actor whose object has left memory end.
  void dismiss(ObjectActor& actor);

  ShardServices services_;
  const QueueLoad load_limit_;
  QueueLoad load_;
  const std::size_t memory_limit_;
  /// How far `by_last_use_` may be from the true order.
  const std::chrono::nanoseconds order_slack_;
  std::size_t memory_ = 0;
  bool relieving_ = false;
  std::uint64_t last_incarnation_ = 0;
  bool running_job_ = false;
  /// Something was appended to the journal, whose writer sleeps on.
  bool writer_to_wake_ = false;
  std::optional<Error> ended_;
  std::atomic<std::size_t> live_objects_ = 0;
  std::atomic<std::size_t> pending_jobs_ = 0;

  boost::asio::io_context loop_{1};
  boost::asio::steady_timer sweep_timer_{loop_};

  /// A queue of its own instead of one `post` for each, so that a busy shard is woken and locked
  /// once for many. Behind the loop, since an answer left over at the end refers to a connection.
  std::mutex arrivals_mutex_;
  std::vector<Arrival> arrivals_;
  std::vector<Arrival> arriving_;

  /// What the objects of each class begin with. Behind it, since their stores refer to it.
  std::unordered_map<const ClassInfo*, EmptyDatabase> empty_;
  std::unordered_map<ObjectId, Entry> objects_;
  std::list<ObjectActor*> by_last_use_;
  std::thread thread_;
};

}  // namespace stead
