#include "python/fiber.h"

#include <utility>

#include "base/check.h"

namespace stead {

namespace {

/// More than the threads of a busy node need; what is beyond ends.
constexpr std::size_t most_idle = 64;

}  // namespace

Fiber::Fiber() : thread_([this] { loop(); }) {}

Fiber::~Fiber() {
  CHECK(ended_);
  stopping_ = true;
  its_turn_.release();
  thread_.join();
}

bool Fiber::run(std::function<void()> body) {
  CHECK(ended_);
  body_ = std::move(body);
  ended_ = false;
  return pass_baton();
}

bool Fiber::resume() {
  CHECK(!ended_);
  return pass_baton();
}

bool Fiber::pass_baton() {
  its_turn_.release();
  our_turn_.acquire();
  return ended_;
}

void Fiber::park() {
  our_turn_.release();
  its_turn_.acquire();
}

void Fiber::loop() {
  for (;;) {
    its_turn_.acquire();
    if (stopping_) return;
    std::exchange(body_, nullptr)();
    ended_ = true;
    our_turn_.release();
  }
}

std::unique_ptr<Fiber> FiberPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto fiber = std::move(idle_.back());
      idle_.pop_back();
      return fiber;
    }
  }
  return std::make_unique<Fiber>();
}

void FiberPool::give_back(std::unique_ptr<Fiber> fiber) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < most_idle) idle_.push_back(std::move(fiber));
}

}  // namespace stead
