#include <gtest/gtest.h>

#include "runtime/json.h"
#include "runtime/stead.h"
#include "tests/support/manual_host.h"

namespace stead {
namespace {

using namespace std::chrono_literals;
using test::ManualHost;

class Counter final : public DurableObject {
 public:
  using DurableObject::DurableObject;

  int add(int n) {
    const int value = kv().get<int>("value").value_or(0) + n;
    kv().put("value", value);
    return value;
  }
  Task<int> add_later(int n) {
    co_await state().sleep(10ms);
    co_return add(n);
  }
  void fail() { throw RangeError("counter failed"); }
  void reset() { state().abort("counter reset"); }
  std::string join(std::vector<std::string> words, std::optional<std::string> separator) {
    std::string all;
    for (const auto& word : words) all += (all.empty() ? "" : separator.value_or(" ")) + word;
    return all;
  }
  Json echo(Json value) { return value; }
  std::int64_t big(std::int64_t value) const { return value; }
  std::uint8_t small(std::uint8_t value) { return value; }
  Task<Response> fetch(Request request) override {
    return Response::text(request.method + " " + request.target + " by " + name());
  }
};

class Caller final : public DurableObject {
 public:
  using DurableObject::DurableObject;

  Task<Response> fetch(Request request) override {
    if (request.path() == "/add") return add_twice();
    if (request.path() == "/overlap") return overlap();
    if (request.path() == "/fail") return catch_failure();
    if (request.path() == "/reset") return catch_reset();
    if (request.path() == "/forward") return forward(std::move(request));
    if (request.path() == "/self") return call_self();
    if (request.path() == "/drop") return drop();
    return bad_ids();
  }
  int answer() { return 42; }

 private:
  Task<Response> add_twice() {
    auto counter = object<Counter>("c");
    co_await counter.call<&Counter::add>(1);
    auto second = co_await counter.call<&Counter::add>(2);
    co_return Response::json({{"value", second}});
  }
  Task<Response> overlap() {
    auto a = object<Counter>("a").call<&Counter::add_later>(1);
    auto b = object<Counter>("b").call<&Counter::add_later>(2);
    auto first = co_await a;
    auto second = co_await b;
    co_return Response::text(std::to_string(first + second));
  }
  Task<Response> catch_failure() {
    std::string seen;
    try {
      co_await object<Counter>("c").call<&Counter::fail>();
    } catch (const RangeError& error) {
      seen = std::string(error.what()) + (error.remote() ? " remote " : " local ") + error.object();
    }
    co_return Response::text(seen);
  }
  Task<Response> catch_reset() {
    auto counter = object<Counter>("c");
    bool reset = false;
    try {
      co_await counter.call<&Counter::reset>();
    } catch (const Error& error) {
      reset = error.object_reset();
    }
    auto value = co_await counter.call<&Counter::add>(1);
    co_return Response::text((reset ? "reset " : "? ") + std::to_string(value));
  }
  Task<Response> forward(Request request) {
    auto response = co_await object<Counter>("front").fetch(std::move(request));
    co_return response;
  }
  Task<Response> call_self() {
    auto value = co_await object<Caller>(name()).call<&Caller::answer>();
    co_return Response::text(std::to_string(value));
  }
  Task<Response> drop() {
    {
      auto ignored = object<Counter>("c").call<&Counter::add>(5);
    }
    return Response::text("dropped");
  }
  Task<Response> bad_ids() {
    std::string seen;
    const auto note = [&](auto&& attempt) {
      try {
        attempt();
        seen += "ok;";
      } catch (const TypeError&) {
        seen += "type;";
      } catch (const Error& error) {
        seen += std::string(to_string(error.code())) + ";";
      }
    };
    const auto other = objects<Caller>().id_from_name("x");
    note([&] { objects<Counter>().id_from_string("abc"); });
    note([&] { objects<Counter>().id_from_string(other.to_string()); });
    note([&] { objects<Counter>().get(other); });
    note([&] { objects("Nobody"); });
    note([&] {
      const auto id = objects<Counter>().new_unique_id();
      objects<Counter>().get(objects<Counter>().id_from_string(id.to_string()));
    });
    return Response::text(seen);
  }
};

class Calls : public ::testing::Test {
 protected:
  Calls() {
    host.app.add<Counter>("Counter")
        .method<&Counter::add>("add")
        .method<&Counter::add_later>("add_later")
        .method<&Counter::fail>("fail")
        .method<&Counter::join>("join")
        .method<&Counter::echo>("echo")
        .method<&Counter::big>("big")
        .method<&Counter::small>("small");
    host.app.add<Caller>("Caller");
    host.start();
  }
  std::string get(const std::string& path) {
    return host.get("Caller", "me", Request::get(path)).body;
  }
  std::string call(const std::string& method, const std::string& arguments) {
    const auto answer = host.call("Counter", "c", method, arguments);
    host.run();
    host.advance(10ms);
    if (!answer->arrived()) return "no answer";
    return answer->error ? std::to_string(answer->error->status()) + " " + answer->error->what()
                         : *answer->value;
  }
  ManualHost host;
};

TEST_F(Calls, GiveTheResultOfAnotherObjectsMethod) { EXPECT_EQ(get("/add"), R"({"value":3})"); }

TEST_F(Calls, MadeBeforeTheFirstAwaitRunAtTheSameTime) {
  const auto answer = host.fetch("Caller", "me", Request::get("/overlap"));
  host.run();
  EXPECT_FALSE(answer->arrived());
  host.advance(10ms);
  ASSERT_TRUE(answer->value);
  EXPECT_EQ(answer->value->body, "3");
}

TEST_F(Calls, BringTheTypedErrorBackWithItsFlags) {
  EXPECT_EQ(get("/fail"), "counter failed remote Counter(c)");
}

TEST_F(Calls, FindANewInstanceAfterAReset) { EXPECT_EQ(get("/reset"), "reset 1"); }

TEST_F(Calls, ForwardAWholeRequest) { EXPECT_EQ(get("/forward"), "GET /forward by front"); }

TEST_F(Calls, MayReachTheCallerItself) { EXPECT_EQ(get("/self"), "42"); }

TEST_F(Calls, LeaveEvenIfTheirTaskIsDropped) {
  EXPECT_EQ(get("/drop"), "dropped");
  EXPECT_EQ(call("add", "[0]"), "5");
}

TEST_F(Calls, RefuseForgedAndForeignIds) {
  EXPECT_EQ(get("/ids"), "type;type;type;unknown_class;ok;");
}

TEST_F(Calls, LeaveOnlyWithTheirCallersCommit) {
  host.hold_commits();
  const auto answer = host.call("Counter", "c", "add", "[1]");
  host.run();
  EXPECT_FALSE(answer->arrived());
  host.settle_commits(CommitOutcome::durable);
  EXPECT_TRUE(answer->value);
}

TEST_F(Calls, ByNameReadAndWriteJson) {
  EXPECT_EQ(call("add", "[3]"), "3");
  EXPECT_EQ(call("add_later", "[4]"), "7");
  EXPECT_EQ(call("join", R"([["a","b"],null])"), R"("a b")");
  EXPECT_EQ(call("join", R"([["a","b"],"-"])"), R"("a-b")");
  EXPECT_EQ(call("echo", R"([{"x":[1,2.5,null]}])"), R"({"x":[1,2.5,null]})");
  EXPECT_EQ(call("big", "[9223372036854775807]"), "9223372036854775807");
}

TEST_F(Calls, ByNameSayWhatIsWrongWithTheirArguments) {
  EXPECT_EQ(call("add", R"(["x"])"),
            "400 argument 1 of Counter.add must be an integer, not string");
  EXPECT_EQ(call("add", "[1.5]"),
            "400 argument 1 of Counter.add must be an integer, not a fraction");
  EXPECT_EQ(call("add", "[]"), "400 Counter.add takes 1 argument, not 0");
  EXPECT_EQ(call("small", "[256]"), "400 argument 1 of Counter.small is out of range: 256");
  EXPECT_EQ(call("join", R"([["a",1],null])"),
            "400 argument 1 of Counter.join[1] must be a string, not number");
  EXPECT_EQ(call("nothing", "[]"),
            "404 Counter has no method \"nothing\" that is callable by name");
}

}  // namespace
}  // namespace stead
