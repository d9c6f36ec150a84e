#include "cli/offline_storage.h"

#include <cstdlib>
#include <future>

#include "cli/object_finder.h"
#include "cli/text.h"
#include "storage/disk_file.h"
#include "storage/object_path.h"

namespace stead {

namespace {

[[noreturn]] void end_process(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    print_error(std::string("the disk failed; what was changed is in doubt, and the next start "
                            "recovers what is stored: ") +
                error.what());
  }
  std::_Exit(1);
}

NodeStorage::Config storage_config(const Config& config) {
  NodeStorage::Config storage{.data = config.data, .on_failure = end_process};
  // Commands remove nothing of it: that is the server's.
  if (OfflineStorage::keeps_history(config)) storage.history.emplace();
  return storage;
}

std::unique_ptr<DataDirectory> lock_directory(const std::string& data) {
  check_data_directory(data).take_or_raise();
  return DataDirectory::open(data).take_or_raise();
}

}  // namespace

struct OfflineStorage::Outcome {
  std::promise<CommitOutcome> promise;
};

OfflineStorage::OfflineStorage(const Config& config)
    : data_(config.data),
      lock_(lock_directory(config.data)),
      storage_(std::make_unique<NodeStorage>(Disk::system(), Environment::system(),
                                             storage_config(config))) {}

OfflineStorage::~OfflineStorage() {
  try {
    storage_->drain();
    storage_->close();
  } catch (const StorageError& error) {
    print_error(std::string("the journal stays, and the next start recovers from it: ") +
                error.what());
  }
}

bool OfflineStorage::keeps_history(const Config& config) {
  return config.history.on() || file_exists(History::folder(config.data));
}

FileDraft OfflineStorage::draft(const std::string& class_name, const ObjectId& object) {
  return FileDraft(Disk::system(), {.path = object_path(data_, class_name, object),
                                    .class_name = class_name,
                                    .scratch_path = data_ + "/spill/" + object.to_string()});
}

std::string OfflineStorage::temporary_path(const ObjectId& object) const {
  const auto path = data_ + "/spill/" + object.to_string() + "-copy";
  for (const auto* suffix : {"", "-journal", "-wal", "-shm"}) remove_file(path + suffix);
  return path;
}

std::optional<std::uint64_t> OfflineStorage::commit(FileDraft& draft, const std::string& class_name,
                                                    const ObjectId& object) {
  auto transaction = draft.transaction();
  if (!transaction) return std::nullopt;
  outcome_ = std::make_unique<Outcome>();
  auto& journal = storage_->journal();
  const auto number = journal.append({object, 1, 0}, std::move(*transaction), *this);
  if (outcome_->promise.get_future().get() != CommitOutcome::durable) {
    throw StorageError("nothing was changed: " + journal.refusal());
  }
  draft.apply();
  storage_->checkpointer().add({object, class_name, draft.path(), number});
  return number;
}

void OfflineStorage::on_commit_outcomes(std::span<const CommitRecord>,
                                        CommitOutcome outcome) noexcept {
  outcome_->promise.set_value(outcome);
}

}  // namespace stead
