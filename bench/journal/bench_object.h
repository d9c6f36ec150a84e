#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bench/journal/workload.h"
#include "storage/checkpointer.h"
#include "storage/empty_database.h"
#include "storage/journal.h"
#include "storage/object_store.h"

namespace stead {

/// What the objects of one thread have in common.
struct BenchClass {
  BenchClass(Disk& the_disk, std::string the_data, Workload& the_workload)
      : disk(the_disk),
        data(std::move(the_data)),
        workload(the_workload),
        empty("Bench", workload.migrations()) {}
  Disk& disk;
  const std::string data;
  Workload& workload;
  EmptyDatabase empty;
  bool undoable = false;
};

/// The id of the object of a number: as evenly distributed as ids are.
ObjectId bench_id(std::uint64_t number);

/// An object's storage and its commits, as a `LiveObject` keeps them.
class BenchObject {
 public:
  BenchObject(BenchClass& of, std::uint64_t number);

  ObjectStore& store() { return *store_; }
  const ObjectId& id() const { return id_; }
  std::uint64_t number() const { return number_; }

  /// The number of the next commit.
  std::uint64_t next_sequence() const { return sequence_ + 1; }
  /// Hands a transaction over to be made durable.
  void append(Journal& journal, Transaction transaction, JournalClient& client);
  void durable(std::uint64_t sequence) { store_->durable(sequence); }
  void request_checkpoint() { checkpoint_due_ = true; }
  /// Moves what is durable into the file if that is due. False if it is, and has to wait until
  /// nothing is under way.
  bool checkpoint_if_due(Checkpointer& checkpointer);
  /// Does so in any case. Requires that nothing is under way.
  void checkpoint(Checkpointer& checkpointer);

 private:
  BenchClass& class_;
  const std::uint64_t number_;
  const ObjectId id_;
  std::unique_ptr<ObjectStore> store_;
  std::uint64_t sequence_ = 0;
  std::uint64_t journal_number_ = 0;
  bool checkpoint_due_ = false;
};

}  // namespace stead
