#include "bench/journal/writer.h"

#include <stdexcept>

namespace stead {

namespace {

using SteadyClock = std::chrono::steady_clock;

std::uint64_t nanoseconds(SteadyClock::duration duration) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(duration).count());
}

}  // namespace

Writer::Writer(NodeStorage& storage, BenchClass& of, std::uint64_t first, std::size_t count)
    : storage_(storage), workload_(of.workload) {
  for (std::size_t i = 0; i < count; ++i) {
    auto& object = objects_.emplace_back(std::make_unique<BenchObject>(of, first + i));
    by_id_.emplace(object->id(), object.get());
  }
}

Rate Writer::run(std::chrono::nanoseconds duration, std::size_t outstanding) {
  times_ = {};
  const auto start = SteadyClock::now();
  while (SteadyClock::now() - start < duration) {
    auto& object = *objects_[random_() % objects_.size()];
    const bool must_wait = begun_.size() == outstanding || !write(object);
    take_outcomes(must_wait);
  }
  while (!begun_.empty()) take_outcomes(true);
  const std::chrono::duration<double> took = SteadyClock::now() - start;
  return {static_cast<double>(times_.total()) / took.count(), times_};
}

void Writer::write_each(std::size_t outstanding) {
  for (auto& object : objects_) {
    while (begun_.size() == outstanding || !write(*object)) take_outcomes(true);
    take_outcomes(false);
  }
  while (!begun_.empty()) take_outcomes(true);
}

bool Writer::write(BenchObject& object) {
  if (!object.checkpoint_if_due(storage_.checkpointer())) return false;
  begun_.push_back(SteadyClock::now());
  auto& store = object.store();
  workload_.write(store);
  store.commit(0);
  auto transaction = store.flush(object.next_sequence());
  object.append(storage_.journal(), std::move(*transaction), *this);
  return true;
}

void Writer::take_outcomes(bool wait) {
  std::vector<Outcome> outcomes;
  std::vector<ObjectId> wanted;
  {
    std::unique_lock lock(mutex_);
    if (wait && !begun_.empty()) {
      arrived_.wait(lock, [this] { return !outcomes_.empty() || failed_; });
    }
    if (failed_) throw std::runtime_error("a commit failed: is the disk full?");
    outcomes.swap(outcomes_);
    wanted.swap(checkpoints_wanted_);
  }
  if (outcomes.empty() && wanted.empty()) return;
  const auto now = SteadyClock::now();
  for (const auto& outcome : outcomes) {
    by_id_.at(outcome.object)->durable(outcome.sequence);
    times_.record(nanoseconds(now - begun_.front()));
    begun_.pop_front();
  }
  for (const auto& object : wanted) {
    by_id_.at(object)->request_checkpoint();
    by_id_.at(object)->checkpoint_if_due(storage_.checkpointer());
  }
}

void Writer::on_commit_outcomes(std::span<const CommitRecord> records,
                                CommitOutcome outcome) noexcept {
  const std::lock_guard lock(mutex_);
  if (outcome != CommitOutcome::durable) failed_ = true;
  for (const auto& record : records) outcomes_.push_back({record.object, record.sequence});
  arrived_.notify_one();
}

void Writer::on_checkpoint_wanted(const ObjectId& object) noexcept {
  const std::lock_guard lock(mutex_);
  checkpoints_wanted_.push_back(object);
}

void Writer::close() {
  for (auto& object : objects_) object->checkpoint(storage_.checkpointer());
  by_id_.clear();
  objects_.clear();
}

}  // namespace stead
