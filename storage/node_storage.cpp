#include "storage/node_storage.h"

#include "storage/history.h"

namespace stead {

namespace {

/// The number at which a life of the node begins. Each begins a count of its own, since numbers of
/// commits that were not stored before a crash may be known already, as bookmarks.
std::uint64_t next_life(std::uint64_t next_number) { return ((next_number >> 32) + 1) << 32; }

std::unique_ptr<LocalJournal> begin_journal(Disk& disk, Environment environment,
                                            JournalConfig config, const std::string& data,
                                            const RecoveryReport& recovered) {
  config.folder = data + "/journal";
  const auto archive = config.archive;
  auto position = recovered.position;
  position.next_number = next_life(position.next_number);
  auto journal = std::make_unique<LocalJournal>(disk, environment, std::move(config), position);
  drop_recovered(disk, recovered, archive);
  return journal;
}

JournalConfig with_history(const NodeStorage::Config& config, HistoryKeeper& keeper) {
  auto journal = config.journal;
  if (!config.history) return journal;
  journal.archive = History::folder(config.data);
  journal.on_archived = [&keeper] { keeper.look(); };
  return journal;
}

}  // namespace

NodeStorage::NodeStorage(Disk& disk, Environment environment, Config config)
    : on_warning_(std::move(config.on_warning)),
      keeper_(disk, environment.clock, History::folder(config.data),
              config.history.value_or(HistoryKeeper::Limits())),
      recovered_(recover(disk, config.data, environment.random)),
      journal_(
          begin_journal(disk, environment, with_history(config, keeper_), config.data, recovered_)),
      checkpointer_(disk, *journal_, config.data),
      journal_thread_(std::make_unique<BackgroundThread>([this] { return journal_->wait(); },
                                                         [this] { journal_->write_batch(); },
                                                         config.on_failure)),
      checkpoint_thread_(std::make_unique<BackgroundThread>([this] { return checkpointer_.wait(); },
                                                            [this] { checkpointer_.sync_files(); },
                                                            config.on_failure)) {
  if (!config.history || config.history->keep.count() == 0) return;
  history_thread_ = std::make_unique<BackgroundThread>([this] { return keeper_.wait(); },
                                                       [this] { prune(); }, config.on_failure);
}

NodeStorage::~NodeStorage() {
  drain();
  checkpointer_.stop();
  keeper_.stop();
}

void NodeStorage::prune() {
  try {
    keeper_.prune();
  } catch (const StorageError& error) {
    if (on_warning_) on_warning_(std::string("old history could not be removed: ") + error.what());
  }
}

void NodeStorage::drain() {
  journal_->stop();
  journal_thread_.reset();
}

void NodeStorage::close() {
  checkpointer_.stop();
  checkpoint_thread_.reset();
  // What finds no room stays for recovery.
  while (journal_->write_batch() && journal_->refusal().empty()) {
  }
  journal_->close();
}

}  // namespace stead
