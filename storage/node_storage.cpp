#include "storage/node_storage.h"

namespace stead {

namespace {

std::unique_ptr<LocalJournal> begin_journal(Disk& disk, Environment environment,
                                            JournalConfig config, const std::string& data,
                                            const RecoveryReport& recovered) {
  config.folder = data + "/journal";
  const auto archive = config.archive;
  auto journal =
      std::make_unique<LocalJournal>(disk, environment, std::move(config), recovered.position);
  drop_recovered(disk, recovered, archive);
  return journal;
}

}  // namespace

NodeStorage::NodeStorage(Disk& disk, Environment environment, Config config)
    : recovered_(recover(disk, config.data, environment.random)),
      journal_(begin_journal(disk, environment, config.journal, config.data, recovered_)),
      checkpointer_(disk, *journal_, config.data),
      journal_thread_(std::make_unique<BackgroundThread>([this] { return journal_->wait(); },
                                                         [this] { journal_->write_batch(); },
                                                         config.on_failure)),
      checkpoint_thread_(std::make_unique<BackgroundThread>([this] { return checkpointer_.wait(); },
                                                            [this] { checkpointer_.sync_files(); },
                                                            config.on_failure)) {}

NodeStorage::~NodeStorage() {
  drain();
  checkpointer_.stop();
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
