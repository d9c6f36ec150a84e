#include "runtime/outbox.h"

#include <algorithm>

namespace stead {

namespace {

void release(std::unique_ptr<Output> output) {
  auto& self = *output;
  self.release(std::move(output));
}

void fail(std::unique_ptr<Output> output, const Error& error) {
  auto& self = *output;
  self.fail(std::move(output), error);
}

}  // namespace

void Outbox::end_turn(std::uint64_t confirmed, std::uint64_t last) {
  for (auto& output : turn_) {
    const auto sequence = output->waits_for_all() ? last : confirmed;
    if (sequence <= durable_ && held_.empty()) {
      release(std::move(output));
    } else {
      held_.push_back({sequence, std::move(output)});
    }
  }
  turn_.clear();
}

void Outbox::fail_turn(const Error& error) {
  for (auto& output : turn_) fail(std::move(output), error);
  turn_.clear();
}

void Outbox::commits_durable(std::uint64_t sequence) {
  durable_ = std::max(durable_, sequence);
  while (!held_.empty() && held_.front().sequence <= durable_) {
    auto output = std::move(held_.front().output);
    held_.pop_front();
    release(std::move(output));
  }
}

void Outbox::fail_all(const Error& error) {
  for (auto& held : held_) fail(std::move(held.output), error);
  held_.clear();
  fail_turn(error);
}

}  // namespace stead
