#include "bench/journal/bench_object.h"

#include <cstring>
#include <random>

#include "storage/object_path.h"

namespace stead {

ObjectId bench_id(std::uint64_t number) {
  ObjectId id;
  std::mt19937_64 random(number);
  for (std::size_t at = 0; at < id.bytes.size(); at += sizeof(std::uint64_t)) {
    const auto word = random();
    std::memcpy(id.bytes.data() + at, &word, sizeof word);
  }
  return id;
}

BenchObject::BenchObject(BenchClass& of, std::uint64_t number)
    : class_(of),
      number_(number),
      id_(bench_id(number)),
      store_(std::make_unique<ObjectStore>(
          ObjectStoreConfig{.disk = of.disk,
                            .empty = of.empty,
                            .path = object_path(of.data, of.empty.class_name(), id_),
                            .id = id_,
                            .name = std::to_string(number),
                            // Whoever measures calls `flush` himself.
                            .durability = Durability::none,
                            .spill = {.path = of.data + "/spill/" + id_.to_string()},
                            .undoable = of.undoable})) {}

void BenchObject::append(Journal& journal, Transaction transaction, JournalClient& client) {
  const auto previous = sequence_++;
  journal_number_ = journal.append({id_, sequence_, previous}, std::move(transaction), client);
}

bool BenchObject::checkpoint_if_due(Checkpointer& checkpointer) {
  if (store_->wants_checkpoint()) checkpoint_due_ = true;
  if (!checkpoint_due_) return true;
  if (store_->pending()) return false;
  checkpoint(checkpointer);
  return true;
}

void BenchObject::checkpoint(Checkpointer& checkpointer) {
  checkpoint_due_ = false;
  store_->checkpoint();
  if (!store_->take_disk_changed()) return;
  checkpointer.add({id_, class_.empty.class_name(), store_->path(), journal_number_});
}

}  // namespace stead
