#include "storage/local_journal.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>
#include <utility>

#include "base/check.h"
#include "storage/batch_writer.h"
#include "storage/mutation.h"

namespace stead {

namespace {

using journal_format::BatchHeader;
using journal_format::block;
using journal_format::RecordHeader;
using journal_format::up_to_block;

/// A rest after which the last batch is sealed.
constexpr std::chrono::milliseconds rest(5);
/// How long the writer lets others bring more for the next batch.
constexpr std::chrono::nanoseconds shortest_gathering(50'000);
constexpr std::chrono::nanoseconds longest_gathering(1'000'000);
/// How often a full disk is tried again.
constexpr std::chrono::milliseconds pause_when_full(500);
/// Room that there must be before writes are taken again.
constexpr std::uint64_t room_to_resume = 1 << 20;
/// Memory of a longer queue is given back.
constexpr std::size_t longest_kept_queue = 4'096;
/// Pieces in which a record's file is copied.
constexpr std::size_t piece = 256 << 10;

}  // namespace

std::size_t LocalJournal::Item::bytes() const {
  return RecordHeader::size + transaction.class_name.size() + transaction.size;
}

LocalJournal::LocalJournal(Disk& disk, Environment environment, JournalConfig config,
                           JournalPosition position)
    : disk_(disk),
      environment_(environment),
      config_(std::move(config)),
      node_(position.node),
      seal_(journal_format::seal_of(position.node)),
      next_number_(position.next_number),
      buffer_(up_to_block(config_.batch_bytes + block)),
      next_segment_(position.next_segment),
      next_batch_(position.next_batch),
      last_number_(position.next_number - 1) {
  if (auto spare = spare_path(); disk_.exists(spare)) spare_ = std::move(spare);
  begin_segment();
}

LocalJournal::~LocalJournal() = default;

std::uint64_t LocalJournal::append_later(const CommitRecord& record, Transaction transaction,
                                         JournalClient& client) {
  Item item{record, std::move(transaction), 0, &client};
  pending_bytes_ += item.bytes();
  const std::lock_guard lock(mutex_);
  const auto number = item.number = next_number_++;
  queue_.push_back(std::move(item));
  return number;
}

void LocalJournal::mark(const ObjectId& object, const std::string& class_name,
                        std::uint64_t number) {
  Item item{{object, 0, 0},
            Transaction{.kind = Transaction::Kind::mark, .class_name = class_name},
            number,
            nullptr};
  if (mutated(Mutation::mark_too_high)) ++item.number;
  pending_bytes_ += item.bytes();
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) arrived_.notify_one();
  queue_.push_back(std::move(item));
}

std::string LocalJournal::refusal() const {
  if (refusing_.load(std::memory_order_relaxed)) {
    const std::lock_guard lock(mutex_);
    return refusal_;
  }
  if (pending_bytes_.load(std::memory_order_relaxed) > config_.pending_bytes) {
    return "the disk is too slow for what is written: try again later";
  }
  return {};
}

std::uint64_t LocalJournal::last_number() const {
  const std::lock_guard lock(mutex_);
  return next_number_ - 1;
}

bool LocalJournal::wait() {
  if (!work_.empty() && !refusing_) return true;
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return !queue_.empty() || stopping_; };
  if (refusing_) {
    arrived_.wait_for(lock, pause_when_full, ready);
    return !stopping_ || !queue_.empty();
  }
  // If nothing came while the last batch was written, those who commit were waiting for it.
  gathering_ = queue_.empty() ? std::max(gathering_ / 2, shortest_gathering)
                              : std::min(gathering_ * 5 / 4, longest_gathering);
  if (!sealed_ && !arrived_.wait_for(lock, rest, ready)) return true;
  arrived_.wait(lock, ready);
  if (queue_.empty()) return !sealed_;
  gather(lock);
  return true;
}

void LocalJournal::gather(std::unique_lock<std::mutex>& lock) {
  // On a busy machine the shards have more to bring before this thread's turn comes again, and one
  // sync then serves them all; on an idle one this costs nothing.
  auto& clock = environment_.clock;
  const auto end = clock.monotonic_now() + gathering_;
  for (std::size_t known = 0; queue_.size() != known && clock.monotonic_now() < end;) {
    known = queue_.size();
    lock.unlock();
    std::this_thread::yield();
    lock.lock();
  }
}

void LocalJournal::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  arrived_.notify_one();
}

bool LocalJournal::take_queue() {
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(queue_);
  }
  std::move(taken_.begin(), taken_.end(), std::back_inserter(work_));
  taken_.clear();
  if (taken_.capacity() > longest_kept_queue) taken_.shrink_to_fit();
  return !work_.empty();
}

bool LocalJournal::builds_on_failed(const Item& item) {
  const auto found = failed_.find(item.record.object);
  if (found == failed_.end() || item.transaction.kind == Transaction::Kind::mark) return false;
  if (item.record.previous >= found->second && !mutated(Mutation::accept_after_failure)) {
    return true;
  }
  failed_.erase(found);
  return false;
}

std::vector<LocalJournal::Item> LocalJournal::next_batch() {
  std::vector<Item> batch;
  std::vector<Item> refused;
  std::size_t bytes = BatchHeader::size;
  while (!work_.empty()) {
    auto& item = work_.front();
    if (builds_on_failed(item)) {
      refused.push_back(std::move(item));
      work_.pop_front();
      continue;
    }
    if (!batch.empty() && bytes + item.bytes() > config_.batch_bytes) break;
    bytes += item.bytes();
    batch.push_back(std::move(item));
    work_.pop_front();
  }
  if (!refused.empty()) fail(std::move(refused), {});
  return batch;
}

bool LocalJournal::write_batch() {
  if (!take_queue()) return (!sealed_ || refusing_) && rest_work();
  auto batch = next_batch();
  if (batch.empty()) return true;
  if (mutated(Mutation::drop_record) && batch.size() > 1) {
    auto kept = std::move(batch.front());
    batch.erase(batch.begin());
    std::vector<Item> only;
    only.push_back(std::move(kept));
    if (only.front().client) tell(only, CommitOutcome::durable);
  }
  try {
    write(batch);
    set_refusal({});
  } catch (const DiskError& error) {
    if (!error.full()) throw;
    fail(std::move(batch), error.what());
    return true;
  }
  settle(batch);
  if (!mutated(Mutation::acknowledge_before_sync)) tell(batch, CommitOutcome::durable);
  drop_segments();
  return true;
}

bool LocalJournal::rest_work() {
  try {
    if (refusing_) {
      make_room(room_to_resume);
      set_refusal({});
    } else {
      std::vector<Item> none;
      write(none);
    }
  } catch (const DiskError& error) {
    if (!error.full()) throw;
    // The next batch seals the last one as well.
    if (!refusing_) sealed_ = true;
  }
  return true;
}

void LocalJournal::write(std::vector<Item>& items) {
  std::uint64_t bytes = BatchHeader::size;
  for (const auto& item : items) bytes += item.bytes();
  make_room(up_to_block(bytes));
  if (mutated(Mutation::reorder_records) && items.size() > 1) std::swap(items[0], items[1]);
  BatchWriter out(*segment_, buffer_);
  std::unordered_map<ObjectId, std::uint64_t> in_batch;
  auto last = last_number_;
  for (auto& item : items) {
    const auto previous = previous_of(item, in_batch);
    if (item.transaction.kind == Transaction::Kind::mark) {
      if (previous <= item.number) in_batch[item.record.object] = 0;
    } else {
      in_batch[item.record.object] = item.number;
      last = std::max(last, item.number);
    }
    put(out, item, previous);
  }
  const auto size = out.finish({.segment = segment_->number(),
                                .number = next_batch_,
                                .records = static_cast<std::uint32_t>(items.size()),
                                .last_commit = last,
                                .written = environment_.clock.wall_now()},
                               seal_);
  if (mutated(Mutation::acknowledge_before_sync)) tell(items, CommitOutcome::durable);
  if (!mutated(Mutation::skip_journal_sync)) segment_->sync();
  if (!mutated(Mutation::write_over_last_batch) || next_batch_ % 4 != 0) {
    segment_->advance(size);
    ++next_batch_;
  }
  last_number_ = last;
  sealed_ = items.empty();
}

std::uint64_t LocalJournal::previous_of(
    const Item& item, const std::unordered_map<ObjectId, std::uint64_t>& in_batch) const {
  if (const auto found = in_batch.find(item.record.object); found != in_batch.end()) {
    return found->second;
  }
  const auto found = lags_.find(item.record.object);
  return found == lags_.end() ? 0 : found->second.last_number();
}

void LocalJournal::put(BatchWriter& out, Item& item, std::uint64_t previous) {
  const auto& transaction = item.transaction;
  const auto& class_name = transaction.class_name;
  Bytes header;
  header.reserve(RecordHeader::size + class_name.size());
  journal_format::append(header, {.kind = transaction.kind,
                                  .undoable = transaction.undoable,
                                  .class_size = static_cast<std::uint16_t>(class_name.size()),
                                  .page_size = transaction.page_size,
                                  .number = item.number,
                                  .previous = previous,
                                  .object = item.record.object,
                                  .pages_before = transaction.pages_before,
                                  .pages = transaction.pages,
                                  .entries = transaction.entries,
                                  .body_size = class_name.size() + transaction.size});
  header.insert(header.end(), class_name.begin(), class_name.end());
  out.put(header);
  if (!transaction.file) {
    out.put(transaction.bytes);
    return;
  }
  Bytes copied(piece);
  for (std::uint64_t at = 0; at < transaction.size;) {
    const auto count = transaction.file->read(
        at, std::span(copied).first(std::min<std::uint64_t>(piece, transaction.size - at)));
    CHECK(count > 0);
    out.put(std::span(copied).first(count));
    at += count;
  }
}

void LocalJournal::make_room(std::uint64_t bytes) {
  if (segment_->end() > block && segment_->end() + bytes > config_.segment_bytes) {
    begin_segment();
    ask_for_checkpoints();
  }
  segment_->reserve(bytes);
}

void LocalJournal::begin_segment() {
  // One that is begun anew may be all that knows where the numbers go on: its header is replaced in
  // place, not by a spare file that has none.
  const bool anew =
      disk_.exists(config_.folder + "/" + journal_format::segment_name(next_segment_));
  segment_ = std::make_unique<Segment>(
      disk_, config_.folder,
      journal_format::SegmentHeader{
          .segment = next_segment_,
          .node = node_,
          .first_batch = next_batch_,
          .first_number = last_number_ + 1,
          .created = environment_.clock.wall_now(),
          .oldest = segments_.empty() ? next_segment_ : segments_.front().number},
      anew ? std::string() : std::exchange(spare_, {}), config_.segment_bytes);
  segments_.push_back({next_segment_++});
}

void LocalJournal::settle(std::vector<Item>& items) {
  for (const auto& item : items) {
    pending_bytes_ -= item.bytes();
    if (item.transaction.kind == Transaction::Kind::mark) {
      release(item);
    } else {
      use(item);
    }
  }
}

void LocalJournal::use(const Item& item) {
  auto& lag = lags_[item.record.object];
  lag.client = item.client;
  if (lag.uses.empty() || lag.uses.back().segment != segment_->number()) {
    lag.uses.push_back({segment_->number(), item.number});
    ++segments_.back().objects;
  } else {
    lag.uses.back().last_number = item.number;
  }
}

void LocalJournal::release(const Item& mark) {
  const auto found = lags_.find(mark.record.object);
  if (found == lags_.end()) return;
  auto& uses = found->second.uses;
  while (!uses.empty() && uses.front().last_number <= mark.number) {
    const auto oldest = segments_.front().number;
    if (uses.front().segment >= oldest) --segments_[uses.front().segment - oldest].objects;
    uses.erase(uses.begin());
  }
  if (uses.empty()) lags_.erase(found);
}

void LocalJournal::drop_segments() {
  while (segments_.size() > 1 &&
         (segments_.front().objects == 0 || mutated(Mutation::reuse_segment_early))) {
    const auto name = journal_format::segment_name(segments_.front().number);
    const auto path = config_.folder + "/" + name;
    segments_.pop_front();
    if (!config_.archive.empty()) {
      disk_.make_folders(config_.archive);
      disk_.rename(path, config_.archive + "/" + name);
      if (config_.on_archived) config_.on_archived();
    } else if (spare_.empty()) {
      spare_ = spare_path();
      disk_.rename(path, spare_);
    } else {
      disk_.remove(path);
    }
    // In order: if a crash brought an older one back, its successor would be missing.
    disk_.sync_folder(config_.folder);
  }
}

void LocalJournal::ask_for_checkpoints() {
  if (segments_.size() <= config_.segments) return;
  const auto keep_from = segments_[segments_.size() - config_.segments].number;
  for (const auto& [object, lag] : lags_) {
    if (lag.uses.front().segment < keep_from) lag.client->on_checkpoint_wanted(object);
  }
}

void LocalJournal::tell(const std::vector<Item>& items, CommitOutcome outcome) {
  for (const auto& item : items) {
    if (!item.client) continue;
    auto found = std::find_if(outcomes_.begin(), outcomes_.end(),
                              [&](const auto& each) { return each.client == item.client; });
    if (found == outcomes_.end()) {
      found = outcomes_.insert(outcomes_.end(), {item.client, {}});
    }
    found->records.push_back(item.record);
  }
  for (auto& each : outcomes_) {
    if (!each.records.empty()) each.client->on_commit_outcomes(each.records, outcome);
    each.records.clear();
  }
}

void LocalJournal::fail(std::vector<Item> items, const std::string& why) {
  if (!why.empty()) set_refusal(why);
  std::vector<Item> marks;
  for (auto& item : items) {
    if (item.transaction.kind == Transaction::Kind::mark) {
      marks.push_back(std::move(item));
      continue;
    }
    pending_bytes_ -= item.bytes();
    failed_.try_emplace(item.record.object, item.record.sequence);
  }
  std::erase_if(items, [](const Item& item) { return item.client == nullptr; });
  tell(items, CommitOutcome::failed);
  // Marks are true whatever becomes of the disk.
  std::move(marks.rbegin(), marks.rend(), std::front_inserter(work_));
}

void LocalJournal::set_refusal(std::string why) {
  if (why.empty() && !refusing_) return;
  const std::lock_guard lock(mutex_);
  refusal_ = std::move(why);
  refusing_ = !refusal_.empty();
}

void LocalJournal::close() {
  // Marks that found no room, or files that lag behind: recovery needs it all.
  if (!work_.empty() || !lags_.empty()) return;
  if (segment_->end() > block) begin_segment();
  drop_segments();
  if (!spare_.empty()) disk_.remove(std::exchange(spare_, {}));
  disk_.sync_folder(config_.folder);
}

}  // namespace stead
