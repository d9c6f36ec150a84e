#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/stead.h"
#include "tests/support/manual_host.h"

namespace stead {
namespace {

using namespace std::chrono_literals;
using test::ManualHost;
using ::testing::HasSubstr;

/// A number that can be set, and taken back.
class Past final : public DurableObject {
 public:
  static constexpr const char* migrations[] = {"CREATE TABLE t(v)"};
  using DurableObject::DurableObject;

  Task<Response> fetch(Request request) override {
    const auto path = request.path();
    if (path == "/get") return Response::text(value());
    if (path == "/set") return set(request.body);
    if (path == "/bookmark") return Response::text(storage().current_bookmark());
    if (path == "/clear") return clear();
    if (path == "/at") return at(request.body);
    return restore(request.body, path == "/restore");
  }

 private:
  std::string value() {
    const auto all = sql().rows<std::string>("SELECT v FROM t");
    return all.empty() ? "nothing" : all.back();
  }
  Response set(const std::string& to) {
    sql().exec("DELETE FROM t");
    sql().exec("INSERT INTO t VALUES(?)", to);
    return Response::text(storage().current_bookmark());
  }
  Response clear() {
    storage().delete_all();
    return Response::text("");
  }
  Task<Response> at(std::string ago) {
    auto asked = storage().bookmark_for_time(state().now() - std::chrono::seconds(std::stoi(ago)));
    auto bookmark = co_await asked;
    co_return Response::text(bookmark);
  }
  Task<Response> restore(std::string bookmark, bool abort) {
    auto asked = storage().on_next_start_restore_bookmark(bookmark);
    auto undo = co_await asked;
    sql().exec("INSERT INTO t VALUES('never seen')");
    if (abort) state().abort("restored, undo with " + undo);
    co_return Response::text(undo);
  }
};

class HistoryOfObjects : public ::testing::Test {
 protected:
  HistoryOfObjects() {
    host_.keep_history();
    host_.app.add<Past>("Past");
    host_.start();
  }
  std::string ask(const std::string& path, const std::string& body = {}) {
    return host_.get("Past", "a", Request::post(path, body)).body;
  }
  std::string set(const std::string& to) {
    ask("/set", to);
    host_.advance(1s);
    return ask("/bookmark");
  }
  /// Restores; gives the bookmark that undoes it.
  std::string restore(const std::string& bookmark) {
    try {
      ask("/restore", bookmark);
    } catch (const Error& error) {
      const std::string text = error.what();
      if (text.starts_with("restored")) return text.substr(text.rfind(' ') + 1);
      throw;
    }
    return {};
  }
  std::string error_of(const std::string& path, const std::string& body) {
    try {
      ask(path, body);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  ManualHost host_;
};

TEST_F(HistoryOfObjects, GoBackAndForth) {
  const auto one = set("one");
  const auto two = set("two");
  EXPECT_LT(one, two);
  const auto undo = restore(one);
  EXPECT_EQ(undo, two);
  EXPECT_EQ(ask("/get"), "one");
  set("three");
  restore(undo);
  EXPECT_EQ(ask("/get"), "two");
  host_.evict_all();
  EXPECT_EQ(ask("/get"), "two");
}

TEST_F(HistoryOfObjects, CallsWaitUntilTheRestoreIsDurable) {
  const auto one = set("one");
  set("two");
  const auto restored = host_.fetch("Past", "a", Request::post("/restore", one));
  const auto first = host_.fetch("Past", "a", Request::get("/get"));
  host_.run();
  EXPECT_TRUE(restored->error);
  // It came before the restart, or after: never in between.
  ASSERT_TRUE(first->value);
  EXPECT_THAT(first->value->body, ::testing::AnyOf("one", "two"));
  EXPECT_EQ(ask("/get"), "one");
}

TEST_F(HistoryOfObjects, BookmarksOfTimes) {
  const auto one = set("one");
  host_.advance(10s);
  const auto two = set("two");
  EXPECT_EQ(ask("/at", "0"), two);
  EXPECT_EQ(ask("/at", "5"), one);
  EXPECT_THAT(error_of("/at", "3600"), HasSubstr("history does not go back to"));
  EXPECT_THAT(error_of("/at", "-5"), HasSubstr("in the future"));
}

TEST_F(HistoryOfObjects, ComeBackAfterDeleteAll) {
  const auto one = set("one");
  ask("/clear");
  EXPECT_TRUE(host_.created.empty());
  host_.evict_all();
  restore(one);
  EXPECT_EQ(ask("/get"), "one");
  EXPECT_EQ(host_.created.size(), 1U);
}

TEST_F(HistoryOfObjects, RefuseWhatCannotBe) {
  const auto before = ask("/bookmark");
  const auto one = set("one");
  EXPECT_THAT(error_of("/restore", before), HasSubstr("did not exist"));
  EXPECT_THAT(error_of("/restore", "soon"), HasSubstr("is not a bookmark"));
  EXPECT_THAT(error_of("/restore", "ffffffff-00000000"), HasSubstr("is not a bookmark"));
  EXPECT_EQ(ask("/get"), "one");
  // A refusal leaves nothing behind.
  host_.evict_all();
  EXPECT_EQ(ask("/get"), "one");
}

TEST_F(HistoryOfObjects, RestoreWhenTheObjectLeavesMemory) {
  const auto one = set("one");
  set("two");
  ask("/later", one);
  EXPECT_EQ(ask("/get"), "never seen");
  auto* live = host_.find(host_.address("Past", "a").id);
  EXPECT_FALSE(live->evict());
  EXPECT_FALSE(live->idle());
  host_.run();
  EXPECT_EQ(ask("/get"), "one");
}

TEST_F(HistoryOfObjects, ADamagedHistoryLeavesTheObjectAsItIs) {
  const auto one = set("one");
  set("two");
  ask("/later", one);
  // The journal is gone between the check and the restore.
  const auto folder = host_.data() + "/journal/";
  for (const auto& name : Disk::system().list(folder)) Disk::system().remove(folder + name);
  auto* live = host_.find(host_.address("Past", "a").id);
  EXPECT_FALSE(live->evict());
  host_.run();
  EXPECT_EQ(ask("/get"), "never seen");
  ASSERT_FALSE(host_.log_lines().empty());
  EXPECT_THAT(host_.log_lines().back(), HasSubstr("could not be restored"));
}

TEST(HistoryThatIsOff, SaysSo) {
  ManualHost host;
  host.app.add<Past>("Past");
  host.start();
  try {
    host.get("Past", "a", Request::get("/bookmark"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no history is kept: set history.keep"));
  }
}

}  // namespace
}  // namespace stead
