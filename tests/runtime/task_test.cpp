#include "runtime/task.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace stead {
namespace {

/// A point where a coroutine waits until the test goes on.
struct Pause {
  std::coroutine_handle<> waiter;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiter = handle; }
  void await_resume() {}
  void go_on() { std::exchange(waiter, nullptr).resume(); }
};

struct Listener final : TaskListener {
  int calls = 0;
  void on_task_done() noexcept override { ++calls; }
};

struct Guard {
  int& count;
  explicit Guard(int& c) : count(c) { ++count; }
  ~Guard() { --count; }
};

Task<std::string> waits(Pause& pause, std::string text) {
  co_await pause;
  co_return text + "!";
}

Task<std::string> awaits(Pause& pause) {
  auto inner = co_await waits(pause, "inner");
  co_return inner + "!";
}

Task<int> throws(Pause& pause) {
  co_await pause;
  throw std::runtime_error("thrown");
}

Task<void> holds(Pause& pause, int& alive) {
  Guard guard(alive);
  co_await pause;
}

TEST(Task, OfAPlainValueIsDone) {
  Task<int> task = 3;
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), 3);
}

TEST(Task, OfNothingIsDone) { EXPECT_TRUE(Task<void>().done()); }

TEST(Task, StartsWhenCalledAndEndsWhenItsWaitEnds) {
  Pause pause;
  auto task = awaits(pause);
  EXPECT_FALSE(task.done());
  pause.go_on();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), "inner!!");
}

TEST(Task, RethrowsAtTheAwait) {
  Pause pause;
  auto task = throws(pause);
  pause.go_on();
  EXPECT_THROW(task.take(), std::runtime_error);
}

TEST(Task, TellsItsListenerOnce) {
  Pause pause;
  Listener listener;
  auto task = waits(pause, "x");
  task.listen(listener);
  EXPECT_EQ(listener.calls, 0);
  pause.go_on();
  EXPECT_EQ(listener.calls, 1);
}

TEST(Task, DroppedIsCancelledWhereItWaits) {
  Pause pause;
  int alive = 0;
  {
    auto task = holds(pause, alive);
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Task, MovedKeepsItsCoroutine) {
  Pause pause;
  auto first = waits(pause, "m");
  Task<std::string> second = std::move(first);
  pause.go_on();
  EXPECT_EQ(second.take(), "m!");
}

}  // namespace
}  // namespace stead
