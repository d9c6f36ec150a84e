#include "storage/local_journal.h"

#include "storage/journal_reader.h"
#include "tests/storage/journal_fixture.h"

namespace stead::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = DiskError::Kind;
using Operation = FaultDisk::Operation;

class LocalJournalTest : public JournalTest {
 protected:
  LocalJournalTest() { open(); }

  /// Begins anew with another configuration.
  void reopen() {
    kill();
    open();
  }
  std::size_t syncs() const { return disk_.count(Operation::sync); }
  /// Fills segments, an object's commit each.
  void commit_in_new_segment(ModelObject& object) {
    const auto before = names();
    while (names() == before) commit(object.set(40, static_cast<std::uint8_t>(++fill_)));
  }
  /// All records in the journal: numbers.
  std::vector<std::uint64_t> records() {
    std::vector<std::uint64_t> numbers;
    JournalReader reader(Disk::system(), folder());
    while (auto batch = reader.next()) {
      while (const auto record = batch->records.next_record()) {
        numbers.push_back(record->header.number);
      }
    }
    return numbers;
  }

  ModelObject a_{1};
  ModelObject b_{2};
  int fill_ = 0;
};

TEST_F(LocalJournalTest, MakesWhatHasGatheredDurableWithOneSync) {
  const auto before = syncs();
  for (std::uint8_t i = 0; i < 100; ++i) append(i % 2 == 0 ? a_.set(1, i) : b_.set(1, i));
  EXPECT_EQ(listener_.calls, 0U);
  EXPECT_TRUE(journal().write_batch());
  EXPECT_EQ(syncs(), before + 1);
  EXPECT_EQ(journal().batches(), 1U);
  EXPECT_EQ(listener_.durable.size(), 100U);
  EXPECT_EQ(listener_.calls, 1U);
}

TEST_F(LocalJournalTest, HasNothingToDoWhenNothingWasAppended) {
  const auto before = syncs();
  EXPECT_FALSE(journal().write_batch());
  EXPECT_EQ(syncs(), before);
}

TEST_F(LocalJournalTest, TellsNothingBeforeTheSync) {
  append(a_.set(1, 1));
  disk_.before = [this](Operation operation, const std::string&) {
    if (operation == Operation::sync) {
      EXPECT_EQ(listener_.calls, 0U);
    }
  };
  journal().write_batch();
  EXPECT_EQ(listener_.calls, 1U);
}

TEST_F(LocalJournalTest, TellsOutcomesInTheOrderOfCommits) {
  for (std::uint8_t i = 0; i < 20; ++i) append(a_.set(1, i));
  journal().write_batch();
  append(a_.set(1, 99));
  journal().write_batch();
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 1; i <= 21; ++i) expected.push_back(i);
  EXPECT_EQ(listener_.order, expected);
}

TEST_F(LocalJournalTest, TellsEachClientOfItsOwnCommits) {
  Listener other;
  append(a_.set(1, 1));
  journal().append({b_.id, 7, 6}, b_.set(1, 1).transaction(), other);
  journal().write_batch();
  EXPECT_THAT(listener_.durable, ElementsAre(1));
  EXPECT_THAT(other.durable, ElementsAre(7));
}

TEST_F(LocalJournalTest, GivesNumbersThatGrowOverTheNodesLives) {
  std::uint64_t last = 0;
  for (int life = 0; life < 3; ++life) {
    for (std::uint8_t i = 0; i < 3; ++i) {
      const auto number = commit(a_.set(1, static_cast<std::uint8_t>(++fill_)));
      EXPECT_GT(number, last);
      last = number;
    }
    a_.checkpointed();
    reopen();
  }
}

TEST_F(LocalJournalTest, GivesNumbersThatGrowAfterACleanEndToo) {
  const auto last = commit(a_.set(1, 1));
  checkpoint(a_);
  journal().close();
  reopen();
  EXPECT_GT(commit(a_.set(1, 2)), last);
}

TEST_F(LocalJournalTest, GoesOnInAnotherSegmentWhenOneIsFull) {
  segment_bytes_ = 64 << 10;
  reopen();
  commit(a_.set(40, 1));
  EXPECT_EQ(journal().segments(), 1U);
  commit(b_.set(80, 1));
  EXPECT_EQ(journal().segments(), 2U);
  EXPECT_EQ(names().size(), 2U);
  EXPECT_THAT(records(), ElementsAre(a_.number, b_.number));
}

TEST_F(LocalJournalTest, KeepsASegmentUntilAllItsObjectsAreMarkedPastIt) {
  segment_bytes_ = 32 << 10;
  reopen();
  const auto first = names().front();
  commit(a_.set(1, 1));
  commit(b_.set(1, 1));
  const auto early = a_.number;
  commit(a_.set(1, 2));
  ModelObject other(3);
  commit(other.set(1, 1));
  commit_in_new_segment(other);
  checkpoint(b_);
  EXPECT_EQ(names().front(), first);
  journal().mark(a_.id, a_.class_name, early);
  journal().write_batch();
  EXPECT_EQ(names().front(), first);
  checkpoint(a_);
  EXPECT_EQ(names().front(), first) << "the third object needs it";
  checkpoint(other);
  EXPECT_NE(names().front(), first);
}

TEST_F(LocalJournalTest, KeepsAMarkedSegmentWhileTheObjectsLaterCommitIsInIt) {
  const auto early = commit(a_.set(1, 1));
  write_file(path(a_), a_.content());
  a_.checkpointed();
  commit(a_.set(1, 2));
  journal().mark(a_.id, a_.class_name, early);
  journal().write_batch();
  kill();
  EXPECT_EQ(open().applied, 1U);
  EXPECT_EQ(read_file(path(a_)), a_.content());
}

TEST_F(LocalJournalTest, MovesSegmentsThatAreNotNeededToTheArchive) {
  archive_ = data() + "/history";
  segment_bytes_ = 32 << 10;
  reopen();
  const auto first = names().front();
  commit_in_new_segment(a_);
  checkpoint(a_);
  EXPECT_NE(names().front(), first);
  EXPECT_THAT(Disk::system().list(archive_), testing::Contains(first));
}

TEST_F(LocalJournalTest, WritesOverTheFileOfASegmentThatIsNotNeeded) {
  segment_bytes_ = 32 << 10;
  reopen();
  commit_in_new_segment(a_);
  checkpoint(a_);
  EXPECT_THAT(names(), testing::Contains("spare"));
  commit_in_new_segment(a_);
  EXPECT_THAT(names(), testing::Not(testing::Contains("spare")));
}

TEST_F(LocalJournalTest, DoesNotTakeBatchesOfAFormerLifeForItsOwn) {
  segment_bytes_ = 64 << 10;
  reopen();
  for (std::uint8_t i = 1; i <= 10; ++i) commit(a_.set(1, i));  // ten blocks of batches
  commit_in_new_segment(a_);
  checkpoint(a_);
  ASSERT_THAT(names(), testing::Contains("spare"));
  commit_in_new_segment(a_);
  checkpoint(a_);
  const auto last = commit(b_.set(1, 1));
  kill();
  EXPECT_THAT(records(), testing::Contains(last));
  const auto report = open();
  EXPECT_EQ(read_file(path(b_)), b_.content());
  EXPECT_EQ(read_file(path(a_)), a_.content());
  EXPECT_EQ(report.position.next_number, last + 1);
}

TEST_F(LocalJournalTest, TakesUpTheSpareFileThatAFormerLifeLeft) {
  segment_bytes_ = 32 << 10;
  reopen();
  commit_in_new_segment(a_);
  checkpoint(a_);
  ASSERT_THAT(names(), testing::Contains("spare"));
  reopen();
  EXPECT_THAT(names(), testing::Not(testing::Contains("spare")));
}

TEST_F(LocalJournalTest, FailsCommitsOnAFullDiskAndSaysWhy) {
  disk_.fail(Operation::write, Kind::full);
  append(a_.set(1, 1));
  EXPECT_EQ(journal().refusal(), "");
  EXPECT_TRUE(journal().write_batch());
  EXPECT_THAT(listener_.failed, ElementsAre(1));
  EXPECT_THAT(listener_.durable, IsEmpty());
  EXPECT_THAT(journal().refusal(), HasSubstr("planned failure"));
}

TEST_F(LocalJournalTest, FailsWhatBuildsOnAFailedCommitAndNothingElse) {
  disk_.fail(Operation::write, Kind::full);
  append(a_.set(1, 1));
  journal().write_batch();
  disk_.heal();
  append(a_.set(1, 2));  // was on its way before the object heard of the failure
  append(a_.set(1, 3));
  append(b_.set(1, 1));
  journal().write_batch();
  EXPECT_THAT(listener_.failed, ElementsAre(1, 2, 3));
  EXPECT_THAT(listener_.durable, ElementsAre(1));
  a_ = ModelObject(1);
  journal().append({a_.id, 4, 0}, a_.set(1, 4).transaction(), listener_);
  journal().write_batch();
  EXPECT_THAT(listener_.durable, ElementsAre(1, 4));
}

TEST_F(LocalJournalTest, TakesCommitsAgainOnceThereIsRoom) {
  disk_.fail(Operation::write, Kind::full);
  append(a_.set(1, 1));
  journal().write_batch();
  EXPECT_TRUE(journal().write_batch()) << "tries for room";
  EXPECT_NE(journal().refusal(), "");
  disk_.heal();
  journal().write_batch();
  EXPECT_EQ(journal().refusal(), "");
  commit(b_.set(1, 1));
  kill();
  EXPECT_EQ(records().size(), 1U);
}

TEST_F(LocalJournalTest, KeepsMarksThatCameWhileTheDiskWasFull) {
  commit(a_.set(1, 1));
  disk_.fail(Operation::write, Kind::full);
  journal().mark(a_.id, a_.class_name, a_.number);
  journal().write_batch();
  disk_.heal();
  journal().write_batch();
  EXPECT_EQ(records().size(), 2U);
  journal().write_batch();
  journal().close();
  EXPECT_EQ(records().size(), 0U);
}

TEST_F(LocalJournalTest, GoesOnInANewSegmentAlthoughItsBeginningFailedBefore) {
  segment_bytes_ = 32 << 10;
  reopen();
  commit(a_.set(40, 1));
  disk_.fail(Operation::open, Kind::full);
  commit(b_.set(40, 1));
  EXPECT_EQ(listener_.failed.size(), 1U);
  disk_.heal();
  journal().write_batch();
  b_ = ModelObject(2);
  commit(b_.set(40, 2));
  kill();
  open();
  EXPECT_EQ(read_file(path(a_)), a_.content());
  EXPECT_EQ(read_file(path(b_)), b_.content());
}

TEST_F(LocalJournalTest, ThrowsIfAWriteFailsSinceNothingIsKnownThen) {
  disk_.fail(Operation::write, Kind::failed);
  append(a_.set(1, 1));
  EXPECT_THROW(journal().write_batch(), DiskError);
  EXPECT_EQ(listener_.calls, 0U);
}

TEST_F(LocalJournalTest, ThrowsIfASyncFailsSinceNothingIsKnownThen) {
  for (const auto kind : {Kind::failed, Kind::full}) {
    disk_.fail(Operation::sync, kind);
    append(a_.set(1, 1));
    EXPECT_THROW(journal().write_batch(), DiskError);
    EXPECT_EQ(listener_.calls, 0U);
    disk_.heal();
    reopen();
  }
}

TEST_F(LocalJournalTest, WritesARecordThatIsLargerThanItsBuffer) {
  batch_bytes_ = 8 << 10;
  reopen();
  append(a_.set(1, 1));
  append(b_.set(300, 2));
  append(a_.set(1, 3));
  journal().write_batch();
  journal().write_batch();
  journal().write_batch();
  EXPECT_THAT(listener_.order, ElementsAre(1, 1, 2));
  kill();
  open();
  EXPECT_EQ(read_file(path(a_)), a_.content());
  EXPECT_EQ(read_file(path(b_)), b_.content());
}

TEST_F(LocalJournalTest, WritesTheHeaderOfALargeBatchLast) {
  batch_bytes_ = 8 << 10;
  reopen();
  append(a_.set(300, 1));
  disk_.before = [writes = 0](Operation operation, const std::string& path) mutable {
    if (operation != Operation::write || !path.ends_with(".journal")) return;
    // The first makes room.
    if (++writes == 8) throw DiskError(Kind::failed, "planned failure");
  };
  EXPECT_THROW(journal().write_batch(), DiskError);
  disk_.heal();
  EXPECT_THAT(records(), IsEmpty());
}

TEST_F(LocalJournalTest, CopiesARecordThatIsInAFile) {
  auto transaction = a_.set(300, 1).transaction();
  const auto name = data() + "/record";
  transaction.file = Disk::system().open(name, Disk::Mode::create);
  transaction.file->write(0, transaction.bytes);
  transaction.bytes.clear();
  append(a_, std::move(transaction));
  journal().write_batch();
  kill();
  open();
  EXPECT_EQ(read_file(path(a_)), a_.content());
}

TEST_F(LocalJournalTest, AsksObjectsThatKeepTheOldestSegmentsForACheckpoint) {
  segment_bytes_ = 32 << 10;
  segments_ = 2;
  reopen();
  commit(a_.set(1, 1));
  commit_in_new_segment(b_);
  EXPECT_THAT(listener_.wanted, IsEmpty());
  commit_in_new_segment(b_);
  EXPECT_THAT(listener_.wanted, testing::Contains(a_.id));
}

TEST_F(LocalJournalTest, RefusesMoreThanMayWait) {
  auto config = this->config();
  config.pending_bytes = 10'000;
  kill();
  journal_ = std::make_unique<LocalJournal>(disk_, Environment{clock_, random_}, config,
                                            recover(disk_, data(), random_).position);
  append(a_.set(40, 1));
  EXPECT_THAT(journal().refusal(), HasSubstr("try again later"));
  journal().write_batch();
  EXPECT_EQ(journal().refusal(), "");
}

TEST_F(LocalJournalTest, WaitsNoMoreOnceItWasStopped) {
  append(a_.set(1, 1));
  EXPECT_TRUE(journal().wait());
  journal().stop();
  EXPECT_TRUE(journal().wait());
  journal().write_batch();
  EXPECT_TRUE(journal().wait()) << "the last batch is to be sealed";
  journal().write_batch();
  EXPECT_FALSE(journal().wait());
}

TEST_F(LocalJournalTest, SealsTheLastBatchWithAnEmptyOneWhenItRests) {
  append(a_.set(1, 1));
  EXPECT_TRUE(journal().write_batch());
  const auto batches = journal().batches();
  EXPECT_TRUE(journal().write_batch());
  EXPECT_EQ(journal().batches(), batches + 1);
  EXPECT_FALSE(journal().write_batch()) << "once";
}

TEST_F(LocalJournalTest, LeavesOneEmptySegmentWhenItClosesWithoutLaggards) {
  segment_bytes_ = 32 << 10;
  reopen();
  commit_in_new_segment(a_);
  commit_in_new_segment(a_);
  checkpoint(a_);
  journal().close();
  EXPECT_EQ(names().size(), 1U);
  EXPECT_THAT(records(), IsEmpty());
}

TEST_F(LocalJournalTest, LeavesEverythingWhenItClosesWhileAFileLagsBehind) {
  commit(a_.set(1, 1));
  journal().close();
  EXPECT_THAT(records(), ElementsAre(a_.number));
}

}  // namespace
}  // namespace stead::test
