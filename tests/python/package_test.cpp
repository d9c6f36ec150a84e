#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <thread>

#include "actors/node.h"
#include "python/python_host.h"
#include "runtime/stead.h"
#include "tests/support/memory_log.h"
#include "tests/support/outside_fetch.h"
#include "tests/support/temporary_directory.h"

// The package `stead` in the node: what its own tests, over a fake node, cannot show.

namespace stead {
namespace {

using namespace std::chrono_literals;

PythonHost& shared_host() {
  static PythonHost host({.project = R"({"main": ")" STEAD_PACKAGE_PROJECT
                                     R"(/worker.py", "bindings": {"THING": "Thing"}})"});
  return host;
}

class PythonPackageTest : public ::testing::Test {
 protected:
  PythonPackageTest() {
    shared_host().add_to(app);
    config.data = directory.path() + "/data";
    config.shards = 1;
    config.blocking_shards = 2;
    node = std::make_unique<Node>(app, config, Environment::system(), log);
    node->start();
  }
  ~PythonPackageTest() override { node->stop(100ms); }

  Response send(const std::string& name, Request request) {
    const auto* of = node->classes().find("Thing");
    ObjectAddress target{of, of->key.id_from_name(name), name};
    auto call = std::make_unique<test::OutsideFetch>(std::move(target), std::move(request));
    auto answer = call->answer.get_future();
    node->host(0).send(std::move(call));
    return answer.get();
  }
  std::string get(const std::string& name, const std::string& path) {
    return send(name, Request::get(path)).body;
  }

  test::TemporaryDirectory directory;
  App app;
  Config config;
  test::MemoryLog log;
  std::unique_ptr<Node> node;
};

TEST_F(PythonPackageTest, FindsTheProjectsClasses) {
  EXPECT_EQ(shared_host().classes(), std::vector<std::string>{"Thing"});
}

TEST_F(PythonPackageTest, ConstructorsSectionEndsBeforeTheFirstRequest) {
  EXPECT_EQ(get("a", "/prepared"), "True");
}

TEST_F(PythonPackageTest, AsyncioWorksWithinAnObject) {
  EXPECT_EQ(get("a", "/asyncio"), "[0.02, 0.01, 'in time']");
}

TEST_F(PythonPackageTest, SynchronousCodeWaits) { EXPECT_EQ(get("a", "/run_sync/b"), "42"); }

TEST_F(PythonPackageTest, EventLoopsOfItsOwnMayRun) { EXPECT_EQ(get("a", "/nested/b"), "8"); }

TEST_F(PythonPackageTest, ErrorsOfOthersArrive) {
  EXPECT_EQ(get("a", "/error/b"), "RemoteError: KeyError: 'of the other'");
}

TEST_F(PythonPackageTest, TracebacksGoToTheLog) {
  EXPECT_THROW(get("a", "/raise"), Error);
  EXPECT_NE(log.text().find("in try_raise"), std::string::npos) << log.text();
}

TEST_F(PythonPackageTest, WorkGoesOnAfterTheAnswer) {
  EXPECT_EQ(get("a", "/later"), "begun");
  for (int tries = 0; tries < 200 && get("a", "/kv/later") != "done"; ++tries) {
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ(get("a", "/kv/later"), "done");
}

TEST_F(PythonPackageTest, ValuesOfEveryKindAreStored) { EXPECT_EQ(get("a", "/kinds"), "True"); }

TEST_F(PythonPackageTest, SqlGivesRowsAndErrors) {
  EXPECT_EQ(get("a", "/sql"),
            "[[[1, b'\\xff', 1], [9223372036854775807, None, 9223372036854775807]], "
            "'SQLITE_CONSTRAINT_UNIQUE']");
}

TEST_F(PythonPackageTest, TransactionsUndoWhatFails) {
  EXPECT_EQ(get("a", "/transactions"), "[3]");
}

TEST_F(PythonPackageTest, AlarmsSayThatTheyAreNotThereYet) {
  EXPECT_NE(get("a", "/alarm").find("not there yet"), std::string::npos);
}

TEST_F(PythonPackageTest, AbortUndoesTheTurn) {
  EXPECT_THROW(get("a", "/abort"), Error);
  EXPECT_EQ(get("a", "/kv/aborted"), "None");
}

TEST_F(PythonPackageTest, WsgiApplicationsReadAndSendStreams) {
  const auto response = send("a", Request::get("/collect/wsgi/%E6%9D%B1"));
  EXPECT_EQ(response.body, "POST /wsgi/東 " + std::string(1'000'000, 'x'));
  EXPECT_EQ(response.headers.get_all("Set-Cookie").size(), 2);
}

TEST_F(PythonPackageTest, RequestsInPiecesAreRead) {
  EXPECT_EQ(get("a", "/collect/count"), "1000000");
}

TEST_F(PythonPackageTest, BodiesThatNobodyReadArePassedOn) {
  EXPECT_EQ(get("a", "/collect/pass/count"), "1000000");
}

}  // namespace
}  // namespace stead
