#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/environment.h"
#include "base/object_id.h"
#include "storage/disk.h"
#include "storage/file_draft.h"
#include "storage/journal_format.h"
#include "storage/segment_reader.h"

namespace stead {

/// The past of a node's objects, as its journal tells it: the segments in `<data>/history` and
/// those in `<data>/journal`, back to where one is missing. Going back begins at the present state
/// and undoes commits, the newest first; every page that comes up is checked against what the
/// journal says of it.
///
/// It may be read beside a running journal. Memory does not depend on the size of the journal or of
/// an object, only on how many commits of the object a segment holds.
///
/// Thread: one. Owner: whoever asks, for as long as the question takes. Fails: RangeError if it
/// does not go back that far, or the object did not exist; JournalDamage, StorageError if what is
/// stored does not fit together; DiskError.
class History final {
 public:
  /// A point in time, and the last commit at it.
  struct Point {
    WallTime time{};
    std::uint64_t number = 0;
  };

  static std::string folder(const std::string& data) { return data + "/history"; }

  History(Disk& disk, const std::string& data);

  /// How far back it goes; nothing if there is no journal.
  std::optional<Point> start() const;
  /// The last commit that was made up to a time.
  std::uint64_t number_at(WallTime time);

  /// Finds out whether `rewind` would go back to a commit, as far as that can be told without the
  /// pages. `exists`: whether the object has a file now.
  void check(const ObjectId& object, bool exists, std::uint64_t number);
  /// Takes the present state of an object back to what it was after a commit. What is left of
  /// the draft after a failure is of no use.
  void rewind(FileDraft& draft, const ObjectId& object, std::uint64_t number);

 private:
  struct Segment {
    std::uint64_t number;
    journal_format::SegmentHeader header;
  };
  /// A commit of an object.
  struct Record {
    journal_format::RecordHeader header;
    std::uint64_t offset;
    WallTime written;
  };
  using Visit = std::function<void(SegmentReader& segment, const Record& record)>;

  void find_segments();
  Point start_or_fail() const;
  /// Nothing if it is gone.
  std::optional<SegmentReader> open(std::uint64_t segment);
  SegmentReader open_kept(const Segment& segment);
  /// Gives an object's commits after one, the newest first.
  void walk(const ObjectId& object, std::uint64_t after, const Visit& visit);
  std::vector<Record> records_of(SegmentReader& segment, const ObjectId& object,
                                 std::uint64_t after);
  void require_end(const SegmentReader& segment, std::size_t index) const;

  Disk& disk_;
  const std::string journal_;
  const std::string history_;
  /// The oldest first.
  std::vector<Segment> segments_;
};

}  // namespace stead
