#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/environment.h"
#include "storage/aligned_buffer.h"
#include "storage/journal.h"
#include "storage/journal_format.h"
#include "storage/segment.h"

namespace stead {

/// Where a journal goes on: what recovery has found.
struct JournalPosition {
  journal_format::NodeId node{};
  std::uint64_t next_segment = 1;
  std::uint64_t next_batch = 1;
  std::uint64_t next_number = 1;
};

struct JournalConfig {
  std::string folder{};
  /// A segment that is fuller is followed by another.
  std::uint64_t segment_bytes = 64 << 20;
  /// Records that are written together at most; a larger one is written alone.
  std::size_t batch_bytes = 4 << 20;
  /// With more segments, objects that keep the oldest alive are asked for a checkpoint.
  std::size_t segments = 4;
  /// More bytes than this may not wait to be written.
  std::size_t pending_bytes = 256 << 20;
  /// Where segments go that are not needed any more; empty: they are removed.
  std::string archive{};
  /// Called by the writer when one has gone there.
  std::function<void()> on_archived{};
};

/// The journal of a node on its own disk: segments of batches, one sync for each batch. A batch is
/// whatever has come since the last one began.
///
/// A segment goes when the file of every object that has a record in it is synced past that record.
/// A full disk fails the commits that wait, and later ones until there is room. Any other failure
/// of the disk leaves in doubt what was stored: `write_batch` throws, and the process must end.
///
/// Thread: `append`, `append_later`, `mark` and `refusal` from any; the rest from one, the
/// writer's. Owner: the node. The clients must outlive it or at least their commits.
class LocalJournal final : public Journal {
 public:
  /// Begins a new segment. Throws DiskError.
  LocalJournal(Disk& disk, Environment environment, JournalConfig config, JournalPosition position);
  ~LocalJournal() override;

  std::uint64_t append_later(const CommitRecord& record, Transaction transaction,
                             JournalClient& client) override;
  void wake_writer() override { arrived_.notify_one(); }
  void mark(const ObjectId& object, const std::string& class_name, std::uint64_t number) override;
  std::string refusal() const override;
  std::uint64_t last_number() const override;

  // The writer's side.

  /// Waits until there is something to write; false once `stop` was called and nothing is left.
  bool wait();
  /// Writes one batch of what is queued, and tells its outcomes. False if there was nothing to do.
  bool write_batch();
  /// Lets `wait` end. Thread: any.
  void stop();
  /// Leaves one segment without records if no file lags behind and nothing is queued; else
  /// everything stays for recovery.
  void close();

  std::size_t segments() const { return segments_.size(); }
  std::uint64_t batches() const { return next_batch_ - 1; }

 private:
  struct Item {
    CommitRecord record;
    Transaction transaction;
    std::uint64_t number;
    JournalClient* client;
    std::size_t bytes() const;
  };
  /// The segments that hold an object's records which its file lacks.
  struct Lag {
    struct Use {
      std::uint64_t segment;
      std::uint64_t last_number;
    };
    std::vector<Use> uses;
    JournalClient* client;
    std::uint64_t last_number() const { return uses.back().last_number; }
  };
  struct Outcomes {
    JournalClient* client;
    std::vector<CommitRecord> records;
  };

  /// Lets commits come as long as the queue grows while this thread stands back.
  void gather(std::unique_lock<std::mutex>& lock);
  bool take_queue();
  /// What there is to do when nothing is queued: tries a full disk again, or seals the last batch.
  bool rest_work();
  std::vector<Item> next_batch();
  bool builds_on_failed(const Item& item);
  void write(std::vector<Item>& items);
  void put(class BatchWriter& out, Item& item, std::uint64_t previous);
  std::uint64_t previous_of(const Item& item,
                            const std::unordered_map<ObjectId, std::uint64_t>& in_batch) const;
  void make_room(std::uint64_t bytes);
  void begin_segment();
  /// A file that a segment has left, to be written over by another.
  std::string spare_path() const { return config_.folder + "/spare"; }
  void settle(std::vector<Item>& items);
  void use(const Item& item);
  void release(const Item& mark);
  void drop_segments();
  void ask_for_checkpoints();
  void tell(const std::vector<Item>& items, CommitOutcome outcome);
  void fail(std::vector<Item> items, const std::string& why);
  void set_refusal(std::string why);

  Disk& disk_;
  const Environment environment_;
  const JournalConfig config_;
  const journal_format::NodeId node_;
  const std::uint64_t seal_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Item> queue_;
  bool stopping_ = false;
  std::uint64_t next_number_;
  std::atomic<std::size_t> pending_bytes_ = 0;
  std::atomic<bool> refusing_ = false;
  std::string refusal_;

  // The writer's.
  /// How long it gathers at most, found by trial.
  std::chrono::nanoseconds gathering_{};
  /// Emptied into `work_` at once; kept so that the queue finds its memory again.
  std::vector<Item> taken_;
  std::deque<Item> work_;
  std::unique_ptr<Segment> segment_;
  AlignedBuffer buffer_;
  std::uint64_t next_segment_;
  std::uint64_t next_batch_;
  std::uint64_t last_number_;
  /// Whether the last batch is empty. A batch that another one follows cannot be mistaken for a
  /// torn one when it is damaged later, so after a rest an empty one is written.
  bool sealed_ = true;
  /// How many objects lag behind in each segment, the oldest first; the last is being written.
  struct SegmentUse {
    std::uint64_t number;
    std::size_t objects = 0;
  };
  std::deque<SegmentUse> segments_;
  std::unordered_map<ObjectId, Lag> lags_;
  /// The first commit of an object that failed: what builds on it fails too.
  std::unordered_map<ObjectId, std::uint64_t> failed_;
  std::string spare_;
  std::vector<Outcomes> outcomes_;
};

}  // namespace stead
