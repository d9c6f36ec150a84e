#include "actors/node.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "actors/directory.h"
#include "runtime/stead.h"
#include "tests/support/memory_log.h"
#include "tests/support/outside_fetch.h"
#include "tests/support/temporary_directory.h"

namespace stead {
namespace {

using namespace std::chrono_literals;

class Counter final : public DurableObject {
 public:
  static constexpr const char* migrations[] = {"CREATE TABLE c(id INTEGER PRIMARY KEY, v INTEGER)"};
  explicit Counter(State& state) : DurableObject(state) { ++constructions; }
  static inline std::atomic<int> constructions = 0;

  std::int64_t add(std::int64_t n) {
    return sql().one<std::int64_t>(
        "INSERT INTO c VALUES(1, ?1) ON CONFLICT(id) DO UPDATE SET v = v + ?1 RETURNING v", n);
  }
  Task<Response> fetch(Request request) override {
    if (request.path() == "/relay") return relay(request.query("to").value());
    if (request.path() == "/forget") return forget();
    if (request.path() == "/sleep") return sleep();
    if (request.path() == "/throw") throw std::runtime_error("thrown on purpose");
    return Response::text(std::to_string(add(1)));
  }

 private:
  Task<Response> relay(std::string to) {
    auto value = co_await object<Counter>(to).call<&Counter::add>(1);
    co_return Response::text(std::to_string(value));
  }
  Task<Response> forget() {
    storage().delete_all();
    return Response::text("forgotten");
  }
  Task<Response> sleep() {
    co_await state().sleep(200ms);
    co_return Response::text("slept");
  }
};

class NodeTest : public ::testing::Test {
 protected:
  NodeTest() {
    Counter::constructions = 0;
    app.add<Counter>("Counter");
    app.fetch([](Request request, Worker& worker) -> Task<Response> {
      auto response = co_await worker.object<Counter>("by-worker").fetch(std::move(request));
      co_return response;
    });
    config.data = directory.path() + "/data";
    config.shards = 2;
    config.object.idle_timeout = 20ms;
    config.log_level = "error";
  }
  void start() {
    node = std::make_unique<Node>(app, config, Environment::system(), log);
    node->start();
  }
  void stop() {
    node->stop(5s);
    node.reset();
  }
  std::future<Response> fetch(ObjectAddress target, const std::string& path = "/") {
    auto call = std::make_unique<test::OutsideFetch>(std::move(target), Request::get(path));
    auto answer = call->answer.get_future();
    node->host(0).send(std::move(call));
    return answer;
  }
  ObjectAddress address(const std::string& name) {
    const auto* of = node->classes().find("Counter");
    return {of, of->key.id_from_name(name), name};
  }
  std::string get(const std::string& name, const std::string& path = "/") {
    return fetch(address(name), path).get().body;
  }
  template <class Condition>
  bool eventually(Condition condition) {
    for (int i = 0; i < 1'000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }

  test::TemporaryDirectory directory;
  App app;
  Config config;
  test::MemoryLog log;
  std::unique_ptr<Node> node;
};

TEST_F(NodeTest, KeepsStateOverARestart) {
  start();
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get("a"), "2");
  stop();
  start();
  EXPECT_EQ(get("a"), "3");
}

TEST_F(NodeTest, GivesTheSameIdsAfterARestart) {
  start();
  const auto id = address("a").id;
  stop();
  start();
  EXPECT_EQ(address("a").id, id);
}

TEST_F(NodeTest, EvictsIdleObjectsAndWakesThemAgain) {
  start();
  EXPECT_EQ(get("a"), "1");
  EXPECT_TRUE(eventually([&] { return node->live_objects() == 0; }));
  EXPECT_EQ(get("a"), "2");
  EXPECT_EQ(Counter::constructions, 2);
}

TEST_F(NodeTest, DoesNotEvictAnObjectThatWorks) {
  config.object.idle_timeout = 5ms;
  start();
  auto answer = fetch(address("a"), "/sleep");
  EXPECT_EQ(answer.get().body, "slept");
  EXPECT_EQ(Counter::constructions, 1);
}

TEST_F(NodeTest, DoesNotEvictAnObjectThatIsUsedAgainAndAgain) {
  config.object.idle_timeout = 1s;
  start();
  for (int i = 0; i < 50; ++i) {
    get("a");
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(Counter::constructions, 1);
  EXPECT_TRUE(eventually([&] { return node->live_objects() == 0; }));
}

TEST_F(NodeTest, LosesNoUpdateWhileObjectsAreEvictedAndWoken) {
  config.object.idle_timeout = 1ms;
  start();
  constexpr int rounds = 200;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < rounds; ++i) get("c" + std::to_string(i % 5));
    });
  }
  for (auto& thread : threads) thread.join();
  int sum = 0;
  for (int i = 0; i < 5; ++i) sum += std::stoi(get("c" + std::to_string(i))) - 1;
  EXPECT_EQ(sum, 4 * rounds);
}

TEST_F(NodeTest, CarriesCallsBetweenShards) {
  start();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(get("from" + std::to_string(i), "/relay?to=target"), std::to_string(i + 1));
  }
}

TEST_F(NodeTest, RunsAWorkerOnEachShard) {
  start();
  EXPECT_EQ(fetch(node->workers(0).at(0)).get().body, "1");
  EXPECT_EQ(fetch(node->workers(1).at(0)).get().body, "2");
}

TEST_F(NodeTest, LogsWhatAHandlerThrew) {
  start();
  EXPECT_THROW(get("a", "/throw"), Error);
  EXPECT_EQ(std::ranges::count(log.text(), '\n'), 1);
  EXPECT_TRUE(log.contains("thrown on purpose"));
}

TEST_F(NodeTest, ListsAndCountsObjectsThatStored) {
  start();
  for (const auto* name : {"alice", "bob", "alan"}) get(name);
  auto& objects = node->directory();
  EXPECT_EQ(objects.count(), 3);
  EXPECT_EQ(objects.count("Counter"), 3);
  EXPECT_EQ(objects.count("Other"), 0);
  EXPECT_EQ(objects.list({.class_name = "Counter", .name_prefix = "al"}).size(), 2U);
  EXPECT_TRUE(objects.exists(address("bob").id));
  EXPECT_FALSE(objects.exists(address("carol").id));
  EXPECT_EQ(objects.find(address("bob").id)->name, "bob");
}

TEST_F(NodeTest, ListsInPages) {
  start();
  for (int i = 0; i < 7; ++i) get("n" + std::to_string(i));
  std::size_t seen = 0;
  ObjectIndex::Query query{.limit = 3};
  for (;;) {
    const auto page = node->directory().list(query);
    seen += page.size();
    if (page.size() < query.limit) break;
    query.after = page.back().id;
  }
  EXPECT_EQ(seen, 7U);
}

TEST_F(NodeTest, ForgetsAnObjectThatDeletedEverything) {
  start();
  get("a");
  get("a", "/forget");
  EXPECT_EQ(node->directory().count(), 0);
  EXPECT_EQ(get("a"), "1");
}

TEST_F(NodeTest, RebuildsTheDirectoryFromTheObjectsFiles) {
  start();
  get("alice");
  get("bob");
  stop();
  std::filesystem::remove(config.data + "/directory.sqlite");
  start();
  EXPECT_EQ(node->directory().count("Counter"), 2);
  EXPECT_EQ(node->directory().find(address("bob").id)->name, "bob");
}

TEST_F(NodeTest, LeavesPlainFilesWhenItStops) {
  start();
  get("a");
  stop();
  int files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(config.data + "/objects")) {
    if (entry.path().extension() == ".sqlite") ++files;
    EXPECT_EQ(entry.path().string().find("-wal"), std::string::npos) << entry.path();
  }
  EXPECT_EQ(files, 1);
}

TEST_F(NodeTest, StopEndsWhatIsUnderWayAtTheDeadline) {
  start();
  auto answer = fetch(address("a"), "/sleep");
  std::this_thread::sleep_for(20ms);
  node->stop(10ms);
  EXPECT_THROW(answer.get(), Error);
}

TEST_F(NodeTest, StopLetsRunningCallsEnd) {
  start();
  auto answer = fetch(address("a"), "/sleep");
  std::this_thread::sleep_for(20ms);
  node->stop(10s);
  EXPECT_EQ(answer.get().body, "slept");
}

TEST_F(NodeTest, RefusesADataDirectoryThatIsInUse) {
  start();
  EXPECT_THROW(Node(app, config, Environment::system(), log), Error);
}

TEST_F(NodeTest, RefusesADataDirectoryWhoseParentIsMissing) {
  config.data = directory.path() + "/missing/data";
  EXPECT_THROW(Node(app, config, Environment::system(), log), Error);
}

TEST_F(NodeTest, RefusesToOrphanObjectsWhoseKeyIsLost) {
  start();
  get("a");
  stop();
  std::filesystem::remove(config.data + "/objects/Counter/namespace.key");
  EXPECT_THROW(Node(app, config, Environment::system(), log), Error);
}

TEST_F(NodeTest, AnIdleNodeHoldsNoObjectFileOpen) {
  start();
  for (int i = 0; i < 20; ++i) get("n" + std::to_string(i));
  ASSERT_TRUE(eventually([&] { return node->live_objects() == 0; }));
  // The checkpointer may still be syncing some.
  EXPECT_TRUE(eventually([&] {
    const std::filesystem::directory_iterator descriptors("/proc/self/fd");
    return std::none_of(begin(descriptors), end(descriptors), [&](const auto& entry) {
      std::error_code gone;
      const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
      return target.find(config.data + "/objects") != std::string::npos;
    });
  }));
}

}  // namespace
}  // namespace stead
