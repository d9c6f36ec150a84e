#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "runtime/call.h"
#include "runtime/commit_log.h"
#include "runtime/host.h"
#include "storage/journal.h"

namespace stead {

/// Takes an object's database back to what it was at a bookmark, between two of its instances: a
/// background thread reads history and makes a commit of the difference; the commit becomes
/// durable; the background thread changes the file. A crash comes to the state before it or after.
///
/// Requires meanwhile that the file holds everything, and nobody has it open.
/// Thread: the object's. Owner: its `LiveObject`, which holds calls until it is done.
class Restore final {
 public:
  Restore(Host& host, const ObjectAddress& address, CommitLog& commits, std::string path,
          std::uint64_t number);

  /// False if this was for somebody else.
  bool resume(const Resumption& resumption);
  void commit_outcome(CommitOutcome outcome);

  bool done() const { return stage_ == Stage::done; }
  /// Why nothing was changed.
  const std::optional<Error>& error() const;

 private:
  enum class Stage { reading, committing, applying, pausing, done };
  /// What the background thread works on while nobody else touches it.
  struct Work;

  void read(std::uint64_t number);
  void commit();
  void apply();
  void finish();

  Host& host_;
  const ObjectAddress& address_;
  CommitLog& commits_;
  const std::string path_;
  const std::uint64_t incarnation_;
  Stage stage_ = Stage::reading;
  bool created_ = false;
  std::shared_ptr<Work> work_;
};

}  // namespace stead
