#include "storage/object_store.h"

#include "base/check.h"
#include "storage/mutation.h"
#include "storage/object_meta.h"
#include "storage/offline_file.h"

namespace stead {

namespace {

constexpr const char* across_await =
    "a cursor cannot be held across an await; read it into an array first";

/// So many changes of pages may wait in memory for the journal (`Durability::none`).
constexpr std::size_t unflushed_changes = 1'000;
/// Fewer free pages are not worth the work, nor are they if less than a quarter is free.
constexpr std::int64_t free_pages_worth_it = 64;

}  // namespace

ObjectStore::ObjectStore(ObjectStoreConfig config)
    : config_(std::move(config)), database_(config_.sql_limits), sql_(database_), kv_(database_) {}

ObjectStore::~ObjectStore() { close(); }

std::unique_ptr<ObjectFile> ObjectStore::new_file() const {
  return std::make_unique<ObjectFile>(ObjectFile::Config{
      .disk = config_.disk,
      .path = config_.path,
      .class_name = config_.empty.class_name(),
      .spill = config_.spill,
      .undoable = config_.undoable,
  });
}

void ObjectStore::open_layers() {
  if (file_) return;
  auto file = new_file();
  if (config_.disk.exists(config_.path)) {
    recover_foreign_file();
    file->open_file();
  } else {
    file->open_image(config_.empty.image());
  }
  file_ = std::move(file);
}

void ObjectStore::recover_foreign_file() {
  // Whoever opens a file with SQLite itself and is killed leaves a log or a rollback journal; ours
  // are never on disk.
  if (!config_.disk.exists(config_.path + "-wal") &&
      !config_.disk.exists(config_.path + "-journal")) {
    return;
  }
  auto folded = OfflineFile::open(config_.path, OfflineFile::Access::write);
  if (!folded.ok()) folded.error().raise();
}

bool ObjectStore::stored() {
  if (!file_) open_layers();
  return !file_->unborn();
}

void ObjectStore::open_now() {
  if (critical_error()) critical_error()->raise();
  if (closed_) throw StorageError("the storage of this object is closed");
  open_layers();
  try {
    database_.open(*file_);
    if (!file_->unborn()) open_stored();
  } catch (...) {
    database_.close();
    throw;
  }
  open_ = true;
}

void ObjectStore::open_stored() {
  std::optional<std::int64_t> found_format;
  try {
    found_format = object_meta::get(database_, "format");
  } catch (const SqlError& error) {
    throw StorageError(config_.path + " is not an object's file: " + error.what());
  }
  if (found_format != object_meta::format) {
    throw StorageError(config_.path + " has the format " +
                       (found_format ? std::to_string(*found_format) : "(none)") +
                       ", but this program knows format 1 only: use the program that wrote it");
  }
  const auto version = object_meta::get(database_, "schema_version").value_or(0);
  const auto known = config_.empty.version();
  if (version > known) {
    throw StorageError(
        "the data of this object was written by a newer program: its schema version "
        "is " +
        std::to_string(version) + ", class " + config_.empty.class_name() + " here knows " +
        std::to_string(known) + "; run the newer program");
  }
  may_shrink_ = true;
  if (version < known) {
    config_.empty.migrate(database_, version);
    migrated_ = true;
  }
}

void ObjectStore::close_cursors() { database_.close_cursors(across_await); }

void ObjectStore::write_birth() {
  const Database::SilentWrites silent(database_);
  const Database::UnconfirmedWrites unconfirmed(database_);
  object_meta::put(database_, "name", sql_view(config_.name));
  object_meta::put(database_, "created",
                   SqlView::of_integer(config_.created.time_since_epoch().count()));
}

void ObjectStore::shrink() {
  may_shrink_ = false;
  const auto free = database_.run_trusted("PRAGMA freelist_count").value_or(0);
  const auto pages = database_.run_trusted("PRAGMA page_count").value_or(0);
  if (free < free_pages_worth_it || free * 4 < pages) return;
  const Database::UnconfirmedWrites unconfirmed(database_);
  // Gives a row for each page.
  database_.run_script("PRAGMA incremental_vacuum", Trust::trusted);
}

void ObjectStore::commit_to_sqlite() {
  close_cursors();
  if (file_->unborn() && !file_->uncaptured() && database_.changed()) write_birth();
  if (may_shrink_ && database_.in_transaction()) shrink();
  database_.commit();
  migrated_ = false;
}

std::optional<Transaction> ObjectStore::commit_part(std::uint64_t sequence) {
  if (!open_ || database_.savepoint_depth() > 0) return std::nullopt;
  auto earlier = flush(sequence);
  partial_ = true;
  commit_to_sqlite();
  part_confirmed_ |= database_.confirmed();
  return earlier;
}

std::optional<Transaction> ObjectStore::commit(std::uint64_t sequence) {
  if (!open_ || database_.savepoint_depth() > 0) return std::nullopt;
  commit_to_sqlite();
  const bool confirmed = std::exchange(part_confirmed_, false) || database_.confirmed();
  partial_ = false;
  const bool now = config_.durability == Durability::journal || flush_requested_;
  if (!now) return std::nullopt;
  flush_requested_ = false;
  auto transaction = flush(sequence);
  if (transaction) transaction->confirmed = confirmed;
  if (mutated(Mutation::checkpoint_before_durable)) checkpoint();
  return transaction;
}

std::optional<Transaction> ObjectStore::flush(std::uint64_t sequence) {
  if (!unflushed()) return std::nullopt;
  return file_->capture(sequence);
}

void ObjectStore::rollback() noexcept {
  if (!open_) return;
  close_cursors();
  database_.rollback();
  if (!std::exchange(migrated_, false)) return;
  // The migrations are undone with the rest: they are applied anew at the next use.
  rebuild();
}

std::optional<Transaction> ObjectStore::delete_all(std::uint64_t sequence) {
  open();
  if (critical_error()) critical_error()->raise();
  if (database_.savepoint_depth() > 0) {
    throw SqlError("delete_all cannot be called inside transaction_sync: call it after");
  }
  // What may fail comes first: a removal that nobody makes durable must not be seen.
  auto fresh = new_file();
  fresh->open_image(config_.empty.image());
  std::optional<Transaction> transaction;
  if (!file_->unborn()) transaction = file_->remove();
  database_.close_cursors("query canceled because its database was deleted");
  database_.close();
  open_ = false;
  migrated_ = false;
  partial_ = part_confirmed_ = false;
  if (transaction) {
    if (mutated(Mutation::remove_before_durable)) config_.disk.remove(config_.path);
    buried_.push_back({sequence, std::move(file_)});
  }
  file_ = std::move(fresh);
  return transaction;
}

void ObjectStore::durable(std::uint64_t sequence) {
  for (auto& buried : buried_) buried.file->durable(sequence);
  if (file_) file_->durable(sequence);
  while (!buried_.empty() && buried_.front().sequence <= sequence) {
    buried_.erase(buried_.begin());
    removal_due_ = true;
  }
}

bool ObjectStore::pending() const { return !buried_.empty() || (file_ && file_->pending()); }

bool ObjectStore::wants_checkpoint() const {
  if (!file_) return false;
  return file_->uncaptured_changes() >= unflushed_changes ||
         file_->memory() >= config_.spill.memory / 2;
}

void ObjectStore::checkpoint() {
  if (std::exchange(removal_due_, false)) {
    config_.disk.remove(config_.path);
    disk_changed_ = true;
  }
  if (!file_ || !file_->behind() || file_->unborn()) return;
  disk_changed_ = true;
  file_->checkpoint();
  may_shrink_ = true;
}

void ObjectStore::rebuild() {
  database_.close();
  database_.clear_critical_error();
  open_ = false;
  migrated_ = false;
  partial_ = part_confirmed_ = false;
  if (!buried_.empty()) {
    // The removal failed, and whatever came after it.
    file_ = std::move(buried_.front().file);
    buried_.clear();
  }
  if (file_ && file_->is_open()) file_->take_back();
}

void ObjectStore::close() {
  closed_ = true;
  open_ = false;
  database_.close();
  if (file_) file_->close();
}

}  // namespace stead
