#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "actors/node.h"
#include "python/python_host.h"
#include "runtime/stead.h"
#include "tests/support/memory_log.h"
#include "tests/support/outside_fetch.h"
#include "tests/support/temporary_directory.h"

namespace stead {
namespace {

using namespace std::chrono_literals;

class Adder final : public DurableObject {
 public:
  using DurableObject::DurableObject;
  std::int64_t add(std::int64_t n) { return sum_ += n; }
  Task<Response> fetch(Request request) override {
    if (request.path() != "/probe") return Response::text(request.method + " " + request.body);
    return ask();
  }

 private:
  Task<Response> ask() {
    auto answer = co_await objects("Probe").get_by_name("p").call_json("greet", "[1,\"a\"]");
    co_return Response::text(answer);
  }
  std::int64_t sum_ = 0;
};

/// There is one interpreter in a process, so the tests share it.
PythonHost& shared_host() {
  static PythonHost host({.package = STEAD_HOST_PACKAGE,
                          .project = R"({"worker": true})",
                          .limits = {.cpu = 300ms, .wall = 0ms}});
  return host;
}

class PythonHostTest : public ::testing::Test {
 protected:
  PythonHostTest() {
    shared_host().add_to(app);
    app.add<Adder>("Adder").method<&Adder::add>("add");
    config.data = directory.path() + "/data";
    config.shards = 1;
    config.blocking_shards = 1;
    config.object.critical_section = 500ms;
    node = std::make_unique<Node>(app, config, Environment::system(), log);
    node->start();
  }
  ~PythonHostTest() override { node->stop(100ms); }

  ObjectAddress address(const std::string& class_name, const std::string& name) {
    const auto* of = node->classes().find(class_name);
    return {of, of->key.id_from_name(name), name};
  }
  std::future<Response> send(ObjectAddress target, Request request) {
    auto call = std::make_unique<test::OutsideFetch>(std::move(target), std::move(request));
    auto answer = call->answer.get_future();
    node->host(0).send(std::move(call));
    return answer;
  }
  std::future<Response> ask(const std::string& name, const std::string& path) {
    return send(address("Probe", name), Request::get(path));
  }
  std::string get(const std::string& name, const std::string& path) {
    return ask(name, path).get().body;
  }
  std::string failure(std::future<Response> answer) {
    try {
      return "answered: " + answer.get().body;
    } catch (const Error& error) {
      return error.what();
    }
  }

  /// Runs statements in an object; what it says of each that gives something.
  std::string sql(const std::string& name, const std::string& lines) {
    return send(address("Probe", name), Request::post("/sql", lines)).get().body;
  }
  void restart() {
    node->stop(100ms);
    node.reset();
    node = std::make_unique<Node>(app, config, Environment::system(), log);
    node->start();
  }

  test::TemporaryDirectory directory;
  App app;
  Config config;
  test::MemoryLog log;
  std::unique_ptr<Node> node;
};

TEST_F(PythonHostTest, AnswersFetchFromPython) {
  auto request = Request::post("/echo?x=1", "text");
  request.headers.set("Host", "tenant.example");
  const auto response = send(address("Probe", "p"), std::move(request)).get();
  EXPECT_EQ(response.body, "POST http://tenant.example/echo?x=1 text");
  EXPECT_EQ(response.headers.get("X-Name"), "p");
}

TEST_F(PythonHostTest, KeepsOneInstanceForEachName) {
  EXPECT_EQ(get("a", "/count"), "1");
  EXPECT_EQ(get("a", "/count"), "2");
  EXPECT_EQ(get("b", "/count"), "1");
}

TEST_F(PythonHostTest, CallsMethodsOfPythonByName) {
  const auto response = send(address("Adder", "a"), Request::get("/probe")).get();
  EXPECT_EQ(response.body, R"(["greet", [1, "a"]])");
}

TEST_F(PythonHostTest, CallsMethodsOfCppFromPython) {
  EXPECT_EQ(get("p", "/call?Adder,a,add,5"), "5");
  EXPECT_EQ(get("p", "/call?Adder,a,add,5"), "10");
}

TEST_F(PythonHostTest, FetchesFromOtherObjects) {
  EXPECT_EQ(get("p", "/fetch?Adder,a,x"), "PUT body");
  EXPECT_EQ(get("p", "/fetch?Probe,q,echo"), "PUT http://object/echo body");
}

TEST_F(PythonHostTest, RaisesErrorsOfOtherObjects) {
  EXPECT_EQ(get("p", "/call_unknown?Adder,a"),
            "unknown_method: Adder has no method \"no_such\" that is callable by name");
}

TEST_F(PythonHostTest, LogsTheTracebackOfAnExceptionAndGoesOn) {
  EXPECT_EQ(failure(ask("p", "/fail")), "ValueError: on purpose");
  EXPECT_NE(log.text().find("raise ValueError(\"on purpose\")"), std::string::npos);
  EXPECT_EQ(get("p", "/count"), "2");
}

TEST_F(PythonHostTest, RunsOtherObjectsWhileOneWaitsInTheMiddle) {
  auto slow = ask("slow", "/sleep_parked?0.3");
  EXPECT_EQ(get("other", "/count"), "1");
  EXPECT_EQ(slow.wait_for(0ms), std::future_status::timeout);
  EXPECT_EQ(slow.get().body, "slept");
}

TEST_F(PythonHostTest, KeepsAnObjectToItselfWhileItsCodeWaitsInTheMiddle) {
  auto slow = ask("p", "/sleep_parked?0.2");
  auto next = ask("p", "/count");
  EXPECT_EQ(next.wait_for(50ms), std::future_status::timeout);
  EXPECT_EQ(slow.get().body, "slept");
  EXPECT_EQ(next.get().body, "2");
}

TEST_F(PythonHostTest, DeliversToAnObjectWhoseContinuationIsYetToCome) {
  auto slow = ask("p", "/sleep_later?0.2");
  EXPECT_EQ(get("p", "/count"), "2");
  EXPECT_EQ(slow.get().body, "slept");
}

TEST_F(PythonHostTest, ResetsAnObjectWhoseCodeWaitsForTooLong) {
  EXPECT_NE(failure(ask("p", "/sleep_parked?5")).find("took longer than its limit"),
            std::string::npos);
  EXPECT_EQ(get("p", "/count"), "1");
}

TEST_F(PythonHostTest, ResetsAnObjectThatAborts) {
  EXPECT_EQ(failure(ask("p", "/abort")), "because");
  EXPECT_EQ(get("p", "/count"), "1");
}

TEST_F(PythonHostTest, InterruptsCodeThatRunsForTooLong) {
  EXPECT_NE(failure(ask("p", "/spin")).find("ran for longer than"), std::string::npos);
  EXPECT_EQ(get("p", "/count"), "1");
}

TEST_F(PythonHostTest, SlowPythonDoesNotStopObjectsInCpp) {
  auto slow = ask("p", "/sleep_hard?0.3");
  EXPECT_EQ(send(address("Adder", "a"), Request::get("/")).get().body, "GET ");
  EXPECT_EQ(slow.wait_for(0ms), std::future_status::timeout);
  EXPECT_EQ(slow.get().body, "slept");
}

TEST_F(PythonHostTest, RunsRequestsToAWorkerSideBySide) {
  const auto worker = node->workers(0).at(0);
  auto slow = send(worker, Request::get("/sleep_parked?0.2"));
  EXPECT_EQ(send(worker, Request::get("/count")).get().body, "2");
  EXPECT_EQ(slow.get().body, "slept");
}

TEST_F(PythonHostTest, EndsCodeThatWaitsWhenTheNodeStops) {
  auto slow = ask("p", "/sleep_parked?30");
  std::this_thread::sleep_for(50ms);
  node->stop(50ms);
  EXPECT_NE(failure(std::move(slow)).find("stopping"), std::string::npos);
}

constexpr const char* family =
    "CREATE TABLE parent(id INTEGER PRIMARY KEY)\n"
    "CREATE TABLE child(parent REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED)\n";
constexpr const char* count_parents = "SELECT count(*) FROM parent\n";

TEST_F(PythonHostTest, WhatATurnWroteIsThereAfterARestart) {
  EXPECT_EQ(sql("a", family + std::string("INSERT INTO parent VALUES(1)")), "");
  EXPECT_EQ(sql("b", "SELECT count(*) FROM sqlite_master WHERE name = 'parent'"), "0");
  restart();
  EXPECT_EQ(sql("a", count_parents), "1");
}

TEST_F(PythonHostTest, TransactionsGoOnOverWaits) {
  sql("a", family);
  EXPECT_EQ(sql("a",
                "BEGIN\nINSERT INTO parent VALUES(1)\nwait\nINSERT INTO parent VALUES(2)\n"
                "SELECT count(*) FROM parent\nROLLBACK\nSELECT count(*) FROM parent"),
            "2 0");
  EXPECT_EQ(sql("a",
                "BEGIN\nINSERT INTO parent VALUES(1)\nSAVEPOINT s\nwait\n"
                "INSERT INTO parent VALUES(2)\nROLLBACK TO s\nwait\nRELEASE s\nCOMMIT\n"),
            "");
  restart();
  EXPECT_EQ(sql("a", count_parents), "1");
}

TEST_F(PythonHostTest, EachStatementOutsideTransactionsIsOne) {
  sql("a", family);
  EXPECT_EQ(sql("a",
                "INSERT INTO parent VALUES(1)\nINSERT INTO child VALUES(7)\n"
                "INSERT INTO parent VALUES(1)\nINSERT INTO child VALUES(1)"),
            "SQLITE_CONSTRAINT_FOREIGNKEY SQLITE_CONSTRAINT_PRIMARYKEY");
  restart();
  EXPECT_EQ(sql("a", "SELECT count(*) FROM parent JOIN child ON id = parent"), "1");
}

TEST_F(PythonHostTest, ForeignKeysAreCheckedAtTheCommit) {
  sql("a", family);
  EXPECT_EQ(sql("a",
                "BEGIN\nINSERT INTO child VALUES(7)\nCOMMIT\nINSERT INTO parent VALUES(7)\n"
                "COMMIT\nSELECT count(*) FROM child"),
            "SQLITE_CONSTRAINT_FOREIGNKEY 1");
}

TEST_F(PythonHostTest, CursorsOutliveTheTurn) {
  sql("a", family);
  EXPECT_EQ(sql("a",
                "INSERT INTO parent VALUES(1), (2), (3)\nSELECT id FROM parent\nwait\nnext\n"
                "next\nnext"),
            "1 2 3 None");
}

TEST_F(PythonHostTest, ForeignKeysAreSwitchedOffAfterAFlush) {
  sql("a", family);
  EXPECT_EQ(sql("a",
                "INSERT INTO parent VALUES(1)\nPRAGMA foreign_keys = OFF\n"
                "PRAGMA foreign_keys\nflush\nPRAGMA foreign_keys = OFF\n"
                "PRAGMA foreign_keys\nBEGIN\nflush\nCOMMIT\nflush\nPRAGMA foreign_keys = ON\n"
                "PRAGMA foreign_keys"),
            "None 1 None 0 a transaction is open: commit it or roll it back before flush() None 1");
}

TEST_F(PythonHostTest, StatementsThatRunForTooLongAreInterrupted) {
  auto endless = send(address("Probe", "a"),
                      Request::post("/sql",
                                    "SELECT 1 WHERE 0 IN (WITH RECURSIVE n(i) AS (SELECT 1 "
                                    "UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)"));
  EXPECT_EQ(get("other", "/count"), "1");
  EXPECT_NE(failure(std::move(endless)).find("ran for longer than"), std::string::npos);
  EXPECT_EQ(sql("a", "SELECT 5"), "5");
}

}  // namespace
}  // namespace stead
