#include "storage/recovery.h"

#include <filesystem>

#include "storage/batch_writer.h"
#include "storage/journal_reader.h"
#include "tests/storage/journal_fixture.h"

namespace stead::test {
namespace {

namespace fs = std::filesystem;
using journal_format::block;
using testing::Each;
using testing::HasSubstr;

class RecoveryTest : public JournalTest {
 protected:
  RecoveryTest() { open(); }

  RecoveryReport recover_again() { return recover(disk_, data(), random_); }
  /// The damage that recovery refuses; a failure if it finds none.
  JournalDamage::Region damage() {
    try {
      recover_again();
    } catch (const JournalDamage& found) {
      return found.region();
    }
    ADD_FAILURE() << "no damage was found";
    return {};
  }
  bool exists(const ModelObject& object) { return fs::exists(path(object)); }
  void expect_content(const ModelObject& object) {
    ASSERT_EQ(read_file(path(object)), object.content());
  }
  /// Where the batches of a segment begin.
  std::vector<std::uint64_t> batches_in(std::uint64_t number) {
    std::vector<std::uint64_t> offsets;
    JournalReader reader(Disk::system(), folder());
    while (const auto batch = reader.next()) {
      if (batch->path == segment(number)) offsets.push_back(batch->offset);
    }
    return offsets;
  }
  /// Runs `step` on the same data again and again, with the first disk operation failing, then the
  /// second and so on, each time followed by `check` with a disk that is well.
  template <class Step, class Check>
  void interrupt_everywhere(Step step, Check check);

  ModelObject a_{1};
  ModelObject b_{2};
};

template <class Step, class Check>
void RecoveryTest::interrupt_everywhere(Step step, Check check) {
  const TemporaryDirectory copy;
  fs::copy(data(), copy.path(), fs::copy_options::recursive);
  bool interrupted = true;
  for (std::size_t operation = 0; interrupted; ++operation) {
    SCOPED_TRACE("operation " + std::to_string(operation));
    fs::remove_all(data());
    fs::copy(copy.path(), data(), fs::copy_options::recursive);
    disk_.fail_from(operation);
    try {
      step();
      interrupted = false;
    } catch (const DiskError&) {
    }
    disk_.heal();
    check();
    if (HasFatalFailure()) return;
  }
}

TEST_F(RecoveryTest, BringsFilesUpToDate) {
  commit(a_.set(3, 1));
  commit(b_.set(2, 1));
  commit(a_.set(2, 2).set(5, 2));
  commit(a_.set(2, 3));
  kill();
  const auto report = recover_again();
  expect_content(a_);
  expect_content(b_);
  EXPECT_EQ(report.batches, 4U);
  EXPECT_EQ(report.records, 4U);
  EXPECT_EQ(report.applied, 4U);
  EXPECT_EQ(report.files, 2U);
  EXPECT_EQ(report.position.next_number, a_.number + 1);
  EXPECT_EQ(disk_.count(FaultDisk::Operation::sync_all), 1U);
}

TEST_F(RecoveryTest, HasNothingToDoWithoutAJournal) {
  kill();
  fs::remove_all(folder());
  const auto report = recover_again();
  EXPECT_EQ(report.applied, 0U);
  EXPECT_EQ(report.position.next_segment, 1U);
  EXPECT_NE(report.position.node, journal_format::NodeId{});
}

TEST_F(RecoveryTest, KeepsTheNodesIdentity) {
  kill();
  const auto node = recover_again().position.node;
  open();
  kill();
  EXPECT_EQ(recover_again().position.node, node);
}

TEST_F(RecoveryTest, BringsManyFilesUpToDate) {
  std::vector<ModelObject> objects;
  for (int i = 0; i < 260; ++i) {
    auto& object = objects.emplace_back(std::uint8_t{0});
    object.id.bytes[0] = static_cast<std::uint8_t>(i);
    object.id.bytes[1] = static_cast<std::uint8_t>(i / 256);
  }
  for (std::uint8_t round = 1; round <= 2; ++round) {
    for (auto& each : objects) append(each.set(1, round));
    journal().write_batch();
  }
  kill();
  EXPECT_EQ(recover_again().files, 260U);
  for (const auto& each : objects) expect_content(each);
}

TEST_F(RecoveryTest, DropsATornTailWhereverItIsCut) {
  commit(a_.set(1, 1));
  const auto before = a_.content();
  commit(a_.set(1, 2));
  const auto after = a_.content();
  kill();
  const auto whole = read_file(segment(1));
  const auto begin = batches_in(1).at(1);
  const auto body = read_file(segment(1));
  std::uint64_t used = begin + block;
  while (body[used - 1] == 0) --used;
  for (auto cut = begin; cut <= used; ++cut) {
    for (const bool shorter : {false, true}) {
      auto bytes = whole;
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(cut), bytes.end(), std::uint8_t{0});
      if (shorter) bytes.resize(cut);
      write_file(segment(1), bytes);
      recover_again();
      ASSERT_EQ(read_file(path(a_)), cut < used ? before : after) << cut;
    }
  }
}

TEST_F(RecoveryTest, DropsATornTailOfManyBlocks) {
  commit(a_.set(1, 1));
  const auto before = a_.content();
  commit(a_.set(60, 2));
  kill();
  const auto whole = read_file(segment(1));
  const auto begin = batches_in(1).at(1);
  for (auto missing = begin; missing < begin + 7 * block; missing += 512) {
    auto bytes = whole;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(missing), 512, std::uint8_t{0});
    write_file(segment(1), bytes);
    recover_again();
    ASSERT_EQ(read_file(path(a_)), before) << missing;
  }
}

TEST_F(RecoveryTest, GivesTheNumbersOfATornTailAgain) {
  commit(a_.set(1, 1));
  const auto number = commit(a_.set(1, 2));
  kill();
  flip(segment(1), batches_in(1).at(1));
  const auto report = recover_again();
  EXPECT_EQ(report.position.next_number, number);
  EXPECT_EQ(report.position.next_batch, 2U);
}

TEST_F(RecoveryTest, RefusesAFlippedBitAnywhereInABatchThatOthersFollow) {
  commit(a_.set(1, 1));
  for (std::uint8_t i = 2; i <= 4; ++i) commit(a_.set(1, i));
  kill();
  const auto offset = batches_in(1).at(1);
  auto used = offset + block;
  const auto whole = read_file(segment(1));
  while (whole[used - 1] == 0) --used;
  for (auto at = offset; at < used; ++at) {
    flip(segment(1), at, static_cast<std::uint8_t>(1 << at % 8));
    const auto region = damage();
    ASSERT_EQ(region.file, segment(1)) << at;
    ASSERT_EQ(region.offset, offset) << at;
    ASSERT_EQ(region.end, offset + block) << at;
    ASSERT_EQ(region.first_batch, 2U) << at;
    ASSERT_EQ(region.last_batch, 2U) << at;
    flip(segment(1), at, static_cast<std::uint8_t>(1 << at % 8));
  }
  EXPECT_FALSE(exists(a_)) << "nothing is applied before all is read";
  recover_again();
  expect_content(a_);
}

TEST_F(RecoveryTest, RefusesABatchThatALaterOneWasWrittenOver) {
  for (std::uint8_t i = 1; i <= 3; ++i) commit(a_.set(1, i));
  kill();
  auto bytes = read_file(segment(1));
  const auto begin = batches_in(1);
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(begin.at(2)), block,
              bytes.begin() + static_cast<std::ptrdiff_t>(begin.at(1)));
  bytes.resize(begin.at(2));
  write_file(segment(1), bytes);
  EXPECT_EQ(damage().first_batch, 2U);
}

TEST_F(RecoveryTest, SaysWhereTheDamageIsAndWhatToDo) {
  commit(a_.set(1, 1));
  commit(a_.set(1, 2));
  kill();
  flip(segment(1), block + 100);
  try {
    recover_again();
    FAIL();
  } catch (const JournalDamage& found) {
    EXPECT_EQ(
        std::string(found.what()),
        "the journal is damaged: " + segment(1) +
            " at offset 4096: batch 1 is not what was "
            "written; the command `journal verify` tells what is lost, then restore a backup");
  }
}

TEST_F(RecoveryTest, RefusesDamageInTheLastBatchOfASegmentThatAnotherFollows) {
  segment_bytes_ = 32 << 10;
  kill();
  open();
  const std::uint64_t first = 1;
  commit(a_.set(1, 1));
  commit(a_.set(2, 2));
  commit(b_.set(60, 1));
  kill();
  const auto offset = batches_in(first).at(1);
  flip(segment(first), offset + 80);
  const auto region = damage();
  EXPECT_EQ(region.file, segment(first));
  EXPECT_EQ(region.offset, offset);
  EXPECT_EQ(region.first_batch, 2U);
  EXPECT_EQ(region.last_batch, 2U);
}

TEST_F(RecoveryTest, RefusesAFlippedBitAnywhereInTheHeaderOfASegment) {
  commit(a_.set(1, 1));
  kill();
  for (std::uint64_t bit = 0; bit < journal_format::SegmentHeader::size * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
    flip(segment(1), bit / 8, mask);
    const auto region = damage();
    ASSERT_EQ(region.file, segment(1)) << bit;
    ASSERT_EQ(region.offset, 0U) << bit;
    flip(segment(1), bit / 8, mask);
  }
}

TEST_F(RecoveryTest, RefusesAMissingSegment) {
  segment_bytes_ = 32 << 10;
  kill();
  open();
  for (std::uint8_t i = 1; i <= 3; ++i) commit(a_.set(20U + 40U * i, i));
  ASSERT_EQ(journal().segments(), 3U);
  kill();
  const auto all = names();
  fs::remove(folder() + "/" + all.at(1));
  const auto region = damage();
  EXPECT_EQ(region.file, folder() + "/" + all.at(2));
}

TEST_F(RecoveryTest, RefusesAGapInAnObjectsChain) {
  kill();
  fs::remove_all(folder());
  disk_.make_folders(folder());
  const journal_format::NodeId node{1};
  Segment segment(disk_, folder(),
                  {.segment = 1, .node = node, .first_batch = 1, .first_number = 1, .oldest = 1},
                  {}, 1 << 20);
  AlignedBuffer buffer(4 * block);
  std::uint64_t batch = 1;
  for (const std::uint64_t previous : {0, 2}) {
    const auto transaction = a_.set(1, static_cast<std::uint8_t>(batch)).transaction();
    Bytes record;
    journal_format::append(record, {.kind = transaction.kind,
                                    .class_size = 5,
                                    .page_size = 512,
                                    .number = previous + 1,
                                    .previous = previous,
                                    .object = a_.id,
                                    .pages = 1,
                                    .entries = transaction.entries,
                                    .body_size = 5 + transaction.size});
    for (const char c : a_.class_name) record.push_back(static_cast<std::uint8_t>(c));
    record.insert(record.end(), transaction.bytes.begin(), transaction.bytes.end());
    segment.reserve(block);
    BatchWriter out(segment, buffer);
    out.put(record);
    segment.advance(
        out.finish({.segment = 1, .number = batch++, .records = 1}, journal_format::seal_of(node)));
  }
  try {
    recover_again();
    FAIL();
  } catch (const JournalDamage& found) {
    EXPECT_THAT(found.what(), HasSubstr("commit 2 of object 0101"));
    EXPECT_EQ(found.region().file, this->segment(1));
    EXPECT_EQ(found.region().offset, 2 * block + journal_format::BatchHeader::size);
  }
}

TEST_F(RecoveryTest, LeavesAloneWhatAMarkSaysIsInTheFile) {
  commit(a_.set(1, 1));
  commit(b_.set(1, 1));
  checkpoint(a_);
  write_file(path(a_), Bytes{1, 2, 3});
  kill();
  EXPECT_EQ(recover_again().applied, 1U);
  EXPECT_EQ(read_file(path(a_)), (Bytes{1, 2, 3}));
  expect_content(b_);
}

TEST_F(RecoveryTest, AppliesWhatFollowsAMark) {
  commit(a_.set(2, 1));
  checkpoint(a_);
  commit(a_.set(1, 2));
  commit(a_.set(1, 3));
  kill();
  EXPECT_EQ(recover_again().applied, 2U);
  expect_content(a_);
}

TEST_F(RecoveryTest, RemovesTheFileOfAnObjectThatWasDeleted) {
  commit(a_.set(1, 1));
  checkpoint(a_);
  append(a_, a_.removal());
  journal().write_batch();
  kill();
  ASSERT_TRUE(exists(a_));
  recover_again();
  EXPECT_FALSE(exists(a_));
}

TEST_F(RecoveryTest, ReplacesWhateverFileIsThereWithOneThatIsCreated) {
  commit(a_.set(3, 1));
  checkpoint(a_);
  append(a_, a_.removal());
  commit(a_.set(1, 2));
  kill();
  recover_again();
  expect_content(a_);
}

TEST_F(RecoveryTest, MakesAFileShorter) {
  commit(a_.set(9, 1));
  checkpoint(a_);
  commit(a_.resize(4).set(1, 2));
  kill();
  recover_again();
  EXPECT_EQ(fs::file_size(path(a_)), 4 * ModelObject::page_size);
  expect_content(a_);
}

TEST_F(RecoveryTest, GrowsAndShrinksAFileAsItWas) {
  commit(a_.set(9, 1));
  commit(a_.resize(2).set(1, 2));
  commit(a_.set(6, 3));
  kill();
  recover_again();
  expect_content(a_);
}

TEST_F(RecoveryTest, RefusesAPageThatDoesNotComeOutAsItWas) {
  commit(a_.set(2, 1));
  checkpoint(a_);
  segment_bytes_ = 1;
  auto transaction = a_.set(1, 2).transaction();
  transaction = a_.set(1, 3).transaction();  // a patch on an image that the file never had
  append(a_, std::move(transaction));
  journal().write_batch();
  kill();
  const auto segments = names();
  try {
    recover_again();
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("page 1 of " + path(a_)));
  }
  EXPECT_EQ(names(), segments);
}

TEST_F(RecoveryTest, ComesToTheSameTwice) {
  commit(a_.set(3, 1));
  commit(a_.resize(2).set(2, 2));
  commit(b_.set(1, 1));
  append(b_, b_.removal());
  commit(b_.set(2, 5));
  kill();
  const auto first = recover_again();
  const auto second = recover_again();
  expect_content(a_);
  expect_content(b_);
  EXPECT_EQ(first.applied, second.applied);
  EXPECT_EQ(first.position.next_number, second.position.next_number);
  EXPECT_EQ(first.position.next_segment, second.position.next_segment);
}

class InterruptedRecoveryTest : public RecoveryTest, public testing::WithParamInterface<bool> {
 protected:
  /// Several segments, with patches whose bases are in earlier ones.
  void fill() {
    if (GetParam()) archive_ = data() + "/history";
    segment_bytes_ = 12 << 10;
    kill();
    open();
    commit(b_.set(1, 1));
    checkpoint(b_);
    commit(b_.set(2, 2));
    for (std::uint8_t i = 1; i <= 3; ++i) {
      commit(a_.set(3U + i, i).set(1, i));
      commit(a_.set(1, static_cast<std::uint8_t>(10 + i)));
    }
    append(b_, b_.removal());
    commit(b_.set(3, 3));
    ASSERT_GE(journal().segments(), 3U);
    last_ = b_.number;
    kill();
  }

  std::uint64_t last_ = 0;
};

TEST_P(InterruptedRecoveryTest, ComesToTheSameWhenItIsRunAgain) {
  fill();
  interrupt_everywhere([this] { recover_again(); },
                       [this] {
                         EXPECT_EQ(recover_again().position.next_number, last_ + 1);
                         expect_content(a_);
                         expect_content(b_);
                       });
}

TEST_P(InterruptedRecoveryTest, ComesToTheSameWhenANewJournalHasBegunAndTheOldOneGoes) {
  fill();
  interrupt_everywhere([this] { open(); },
                       [this] {
                         kill();
                         ASSERT_NO_THROW(open());
                         expect_content(a_);
                         expect_content(b_);
                         ModelObject other(3);
                         EXPECT_GT(commit(other.set(1, 1)), last_);
                         kill();
                         EXPECT_EQ(names().size(), 1U);
                       });
}

TEST_P(InterruptedRecoveryTest, FindsWhatWasAcknowledgedHoweverTheJournalWasInterrupted) {
  fill();
  std::uint64_t acknowledged = 0;
  interrupt_everywhere(
      [&] {
        acknowledged = 0;
        open();
        a_.checkpointed();
        auto a = a_;
        for (std::uint8_t i = 1; i <= 4; ++i) {
          append(a.set(3U + i, i).set(1, static_cast<std::uint8_t>(50 + i)));
          journal().write_batch();
          acknowledged = a.number;
          if (i % 2 == 1) checkpoint(a);
        }
        journal().close();
      },
      [&] {
        kill();
        RecoveryReport report;
        ASSERT_NO_THROW(report = open());
        EXPECT_GT(report.position.next_number, std::max(acknowledged, last_));
        expect_content(b_);
      });
}

INSTANTIATE_TEST_SUITE_P(Archive, InterruptedRecoveryTest, testing::Bool());

TEST_F(RecoveryTest, BeginsASegmentAnewThatHadJustBeenAboutToBegin) {
  commit(a_.set(1, 1));
  kill();
  const auto header = read_file(segment(1));
  for (const auto& bytes : {Bytes{}, Bytes(4096, 0), header}) {
    write_file(segment(2), bytes);
    const auto report = recover_again();
    EXPECT_EQ(report.position.next_segment, 2U);
    EXPECT_EQ(report.segments, std::vector{segment(1)});
    expect_content(a_);
  }
}

TEST_F(RecoveryTest, BeginsASegmentAnewInItsOwnFileEvenIfThereIsASpare) {
  commit(a_.set(1, 1));
  checkpoint(a_);
  const auto header = read_file(segment(1));
  journal().close();
  kill();
  ASSERT_EQ(names(), std::vector{journal_format::segment_name(2)});
  write_file(folder() + "/spare", header);
  open();
  EXPECT_EQ(read_file(folder() + "/spare"), header);
  kill();
  EXPECT_EQ(recover_again().position.next_number, 2U);
}

TEST_F(RecoveryTest, RefusesAHeaderThatWasOverwrittenWithZeros) {
  commit(a_.set(1, 1));
  kill();
  auto bytes = read_file(segment(1));
  std::fill_n(bytes.begin(), block, std::uint8_t{0});
  write_file(segment(1), bytes);
  EXPECT_EQ(damage().offset, 0U);
}

TEST_F(RecoveryTest, LeavesOutSegmentsThatANewerOneDoesNotNeed) {
  commit(a_.set(1, 1));
  kill();
  const auto old = read_file(segment(1));
  open();
  commit(a_.set(1, 2));
  kill();
  write_file(segment(1), old);
  const auto report = recover_again();
  EXPECT_EQ(report.batches, 1U);
  EXPECT_EQ(report.segments, (std::vector{segment(1), segment(2)}));
  expect_content(a_);
}

}  // namespace
}  // namespace stead::test
