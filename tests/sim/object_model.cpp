#include "tests/sim/object_model.h"

#include <algorithm>
#include <utility>

namespace stead::test {

namespace {

/// Where two texts differ.
std::string difference(const std::string& found, const std::string& expected) {
  const auto at = static_cast<std::size_t>(
      std::mismatch(found.begin(), found.end(), expected.begin(), expected.end()).first -
      found.begin());
  const auto from = at < 60 ? 0 : at - 60;
  const auto part = [&](const std::string& text) {
    return from < text.size() ? text.substr(from, 160) : std::string();
  };
  return "\n  found     ..." + part(found) + "\n  expected  ..." + part(expected);
}

}  // namespace

std::string ObjectModel::name() const {
  return std::string(Workload::class_name(object_.kind)) + "(" + object_.name + ")";
}

void ObjectModel::promise(std::uint64_t& promise) {
  promise = oracle_.commits();
  promises_.push_back(&promise);
}

void ObjectModel::committed(std::uint64_t sequence) {
  const bool stored = !clearing_;
  clearing_ends();
  oracle_.commit_turn(stored);
  sequences_[sequence] = oracle_.commits();
  for (auto* promise : promises_) *promise = oracle_.commits();
}

void ObjectModel::acknowledge(std::uint64_t commits) {
  acknowledged_ = std::max(acknowledged_, commits);
  if (acknowledged_ >= oracle_.commits()) oracle_.settle();
}

std::optional<std::string> ObjectModel::outcome_durable(std::uint64_t sequence) {
  const auto found = sequences_.find(sequence);
  if (found == sequences_.end()) {
    return name() + ": a commit was called durable that builds on one that failed";
  }
  acknowledge(found->second);
  return std::nullopt;
}

std::optional<std::string> ObjectModel::outcome_failed(std::uint64_t sequence) {
  const auto found = sequences_.find(sequence);
  // One that builds on a failed one has failed with it.
  if (found == sequences_.end()) return std::nullopt;
  const auto commits = found->second - 1;
  if (commits < acknowledged_) return name() + ": a commit failed that was called durable";
  sequences_.erase(found, sequences_.end());
  oracle_.drop_turn();
  oracle_.go_back(commits);
  return std::nullopt;
}

void ObjectModel::outcome_in_doubt() {
  oracle_.drop_turn();
  uncertain_ = true;
}

void ObjectModel::crashed() {
  sequences_.clear();
  promises_.clear();
  clearing_ = false;
  oracle_.drop_turn();
  uncertain_ = found_stays_ = true;
}

std::string ObjectModel::expected(std::size_t version) {
  oracle_.migrate(version);
  return oracle_.dump();
}

std::optional<std::string> ObjectModel::compare(const std::string& found, std::size_t version) {
  if (!uncertain_) {
    // Within a turn: what it has done so far counts.
    const auto text = expected(version);
    if (text == found) return std::nullopt;
    return name() + " holds something else than what was written:" + difference(found, text);
  }
  const auto newest = oracle_.commits();
  std::string newest_text;
  for (auto commits = newest;; --commits) {
    oracle_.go_back(commits);
    const auto text = expected(version);
    oracle_.drop_turn();
    if (commits == newest) newest_text = text;
    if (text == found) break;
    if (commits == std::max(acknowledged_, oracle_.settled())) {
      return name() + " holds no state between " + std::to_string(commits) +
             " (acknowledged) and " + std::to_string(newest) +
             " (all) commits; from all:" + difference(found, newest_text);
    }
  }
  uncertain_ = false;
  if (std::exchange(found_stays_, false)) acknowledge(oracle_.commits());
  return std::nullopt;
}

}  // namespace stead::test
