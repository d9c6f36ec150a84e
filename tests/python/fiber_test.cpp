#include "python/fiber.h"

#include <gtest/gtest.h>

#include <string>

namespace stead {
namespace {

TEST(Fiber, RunsUntilItEnds) {
  Fiber fiber;
  int value = 0;
  EXPECT_TRUE(fiber.run([&] { value = 1; }));
  EXPECT_EQ(value, 1);
}

TEST(Fiber, GoesOnWhereItParked) {
  Fiber fiber;
  std::string trace;
  EXPECT_FALSE(fiber.run([&] {
    trace += "a";
    fiber.park();
    trace += "c";
    fiber.park();
    trace += "e";
  }));
  trace += "b";
  EXPECT_FALSE(fiber.resume());
  trace += "d";
  EXPECT_TRUE(fiber.resume());
  EXPECT_EQ(trace, "abcde");
}

TEST(Fiber, RunsOneAfterTheOther) {
  Fiber fiber;
  int sum = 0;
  for (int i = 1; i <= 100; ++i) EXPECT_TRUE(fiber.run([&sum, i] { sum += i; }));
  EXPECT_EQ(sum, 5'050);
}

TEST(FiberPool, GivesBackWhatItWasGiven) {
  FiberPool pool;
  auto fiber = pool.take();
  const auto* first = fiber.get();
  pool.give_back(std::move(fiber));
  EXPECT_EQ(pool.take().get(), first);
}

}  // namespace
}  // namespace stead
