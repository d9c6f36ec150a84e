#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/oracle.h"
#include "tests/sim/workload.h"

namespace stead::test {

/// What is known of one object, over all its lives: what it must hold, how much of that somebody
/// was told, and where its state is not known.
///
/// Thread: one. Owner: the simulation.
class ObjectModel final {
 public:
  explicit ObjectModel(const Workload::Object& object)
      : object_(object), oracle_(Workload::migrations(object.kind)) {}

  const Workload::Object& object() const { return object_; }
  std::string name() const;
  Oracle& oracle() { return oracle_; }

  // The author's code runs.

  void turn_begins() { promises_.clear(); }
  /// What leaves at the end of this turn says that its commit is durable: kept in `promise`.
  void promise(std::uint64_t& promise);
  /// `delete_all` begins: a commit that comes now is that of the removal.
  void clearing_begins() { clearing_ = true; }
  void clearing_fails() { clearing_ = false; }
  /// It has ended, with a commit or, if there was nothing to remove, without.
  void clearing_ends() {
    if (std::exchange(clearing_, false)) oracle_.clear();
  }

  // Commits.

  /// The turn was committed under a number that counts within `life`.
  void committed(std::uint64_t sequence);
  /// Somebody was told that so many commits are durable.
  void acknowledge(std::uint64_t commits);
  /// Nothing if that is possible, else what is wrong.
  std::optional<std::string> outcome_durable(std::uint64_t sequence);
  std::optional<std::string> outcome_failed(std::uint64_t sequence);
  void outcome_in_doubt();
  /// Sequences begin anew.
  void leaves_memory() { sequences_.clear(); }

  // States.

  /// The process has ended: which of the commits that nobody was told of are left is not known. A
  /// full disk leaves such commits at an orderly end, too.
  void crashed();
  bool uncertain() const { return uncertain_; }
  /// Compares with what was found, by an application of this version. Where the state is not known,
  /// finds out what it is. Nothing if all is well, else what is wrong.
  std::optional<std::string> compare(const std::string& found, std::size_t version);
  /// Everything that it must hold, within an open turn.
  std::string expected(std::size_t version);
  std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  const Workload::Object object_;
  Oracle oracle_;
  std::vector<std::uint64_t*> promises_;
  bool clearing_ = false;
  /// Commits after each sequence number.
  std::map<std::uint64_t, std::uint64_t> sequences_;
  std::uint64_t acknowledged_ = 0;
  bool uncertain_ = false;
  /// The process that made the uncertain commits is dead: what is found stays.
  bool found_stays_ = false;
};

}  // namespace stead::test
