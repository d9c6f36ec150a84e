#include "bench/journal/manual_journal.h"

#include "base/check.h"

namespace stead {

namespace {

JournalConfig in_folder(Disk& disk, const std::string& data, JournalConfig config) {
  config.folder = data + "/journal";
  disk.make_folders(config.folder);
  return config;
}

JournalPosition first_position() {
  JournalPosition position;
  Environment::system().random.fill(position.node);
  return position;
}

}  // namespace

ManualJournal::ManualJournal(Disk& disk, const std::string& data, JournalConfig config)
    : journal_(disk, Environment::system(), in_folder(disk, data, std::move(config)),
               first_position()),
      checkpointer_(disk, journal_, data) {}

void ManualJournal::append(BenchObject& object, Transaction transaction) {
  objects_[object.id()] = &object;
  object.append(journal_, std::move(transaction), *this);
}

void ManualJournal::write() {
  while (journal_.write_batch()) {
  }
}

void ManualJournal::tell() {
  for (const auto& record : durable_) objects_.at(record.object)->durable(record.sequence);
  durable_.clear();
}

void ManualJournal::on_commit_outcomes(std::span<const CommitRecord> records,
                                       CommitOutcome outcome) noexcept {
  CHECK(outcome == CommitOutcome::durable);
  durable_.insert(durable_.end(), records.begin(), records.end());
}

}  // namespace stead
