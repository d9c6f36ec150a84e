#include "runtime/restore.h"

#include "storage/file_draft.h"
#include "storage/history.h"

namespace stead {

namespace {

/// How long after a failure the file is written again.
constexpr std::chrono::seconds pause_after_failure(1);

}  // namespace

struct Restore::Work {
  std::optional<FileDraft> draft;
  std::optional<Transaction> transaction;
  std::optional<Error> error;
};

Restore::Restore(Host& host, const ObjectAddress& address, CommitLog& commits, std::string path,
                 std::uint64_t number)
    : host_(host),
      address_(address),
      commits_(commits),
      path_(std::move(path)),
      incarnation_(host.new_incarnation()),
      work_(std::make_shared<Work>()) {
  read(number);
}

const std::optional<Error>& Restore::error() const { return work_->error; }

void Restore::read(std::uint64_t number) {
  const auto& data = host_.config().data;
  FileDraft::Config config{.path = path_,
                           .class_name = address_.of->info.name,
                           .scratch_path = data + "/spill/" + address_.id.to_string() + "-past"};
  const auto make = [work = work_, data, config, number, id = address_.id](Disk& disk) {
    try {
      work->draft.emplace(disk, config);
      History(disk, data).rewind(*work->draft, id, number);
      work->transaction = work->draft->transaction();
    } catch (...) {
      work->error = current_error();
    }
  };
  host_.run_in_background(make, address_.id, {incarnation_, 0, nullptr});
}

bool Restore::resume(const Resumption& resumption) {
  if (resumption.incarnation != incarnation_) return false;
  if (stage_ == Stage::reading) {
    commit();
  } else if (stage_ == Stage::applying) {
    finish();
  } else if (stage_ == Stage::pausing) {
    apply();
  }
  return true;
}

void Restore::commit() {
  stage_ = Stage::done;
  if (work_->error || !work_->transaction) return;
  stage_ = Stage::committing;
  created_ = work_->transaction->kind == Transaction::Kind::create;
  commits_.append(std::move(*work_->transaction));
}

void Restore::commit_outcome(CommitOutcome outcome) {
  if (outcome == CommitOutcome::durable) {
    apply();
    return;
  }
  stage_ = Stage::done;
  work_->error = StorageError("the commit could not be made durable: " + host_.write_refusal());
}

void Restore::apply() {
  const auto change = [work = work_](Disk&) {
    try {
      work->draft->apply();
    } catch (...) {
      work->error = current_error();
    }
  };
  stage_ = Stage::applying;
  work_->error.reset();
  host_.run_in_background(change, address_.id, {incarnation_, 0, nullptr});
}

void Restore::finish() {
  if (const auto& error = work_->error) {
    // The journal has it: all that is missing is a whole file.
    host_.log(LogLevel::warning, address_.to_string() +
                                     " is being restored, and its file cannot be written now; it "
                                     "is tried again: " +
                                     error->what());
    stage_ = Stage::pausing;
    host_.resume_after(pause_after_failure, address_.id, {incarnation_, 0, nullptr});
    return;
  }
  host_.checkpointed(address_, path_, commits_.journal_number());
  if (created_) host_.object_created(address_);
  stage_ = Stage::done;
}

}  // namespace stead
