#include "storage/rollback_journal.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/bytes.h"
#include "tests/support/fault_disk.h"
#include "tests/support/temporary_directory.h"

namespace stead {
namespace {

class RollbackJournalTest : public testing::Test {
 protected:
  Bytes content() {
    Bytes all(journal_.size());
    EXPECT_EQ(journal_.read(0, all), all.size());
    return all;
  }

  test::TemporaryDirectory folder_;
  test::FaultDisk disk_;
  SpillLimits limits_{.memory = 400, .path = folder_.path() + "/spill/one"};
  RollbackJournal journal_{disk_, limits_};
};

TEST_F(RollbackJournalTest, ReadsBackWhatWasWrittenInMemoryAndBeyond) {
  Bytes wanted;
  for (std::uint8_t i = 1; i <= 50; ++i) {
    const Bytes part(7, i);
    journal_.write(wanted.size(), part);
    wanted.insert(wanted.end(), part.begin(), part.end());
  }
  EXPECT_EQ(content(), wanted);
  EXPECT_LE(journal_.memory(), 200U);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() + "/spill"));
  Bytes across(20);
  EXPECT_EQ(journal_.read(90, across), across.size());
  EXPECT_EQ(across, Bytes(wanted.begin() + 90, wanted.begin() + 110));
  EXPECT_EQ(journal_.read(wanted.size() - 5, across), 5U);
  EXPECT_EQ(journal_.read(wanted.size(), across), 0U);
}

TEST_F(RollbackJournalTest, WritesOverWhatIsThere) {
  journal_.write(0, Bytes(150, 1));
  journal_.write(95, Bytes(10, 2));
  auto wanted = Bytes(150, 1);
  std::fill(wanted.begin() + 95, wanted.begin() + 105, std::uint8_t{2});
  EXPECT_EQ(content(), wanted);
}

TEST_F(RollbackJournalTest, ZerosAtTheStartEndIt) {
  journal_.write(0, Bytes(150, 1));
  journal_.write(0, Bytes(28, 0));
  EXPECT_EQ(journal_.size(), 0U);
  EXPECT_EQ(journal_.memory(), 0U);
  journal_.write(0, Bytes(10, 3));
  EXPECT_EQ(content(), Bytes(10, 3));
}

TEST_F(RollbackJournalTest, IsCutOff) {
  journal_.write(0, Bytes(150, 1));
  journal_.truncate(120);
  EXPECT_EQ(content(), Bytes(120, 1));
  journal_.truncate(50);
  EXPECT_EQ(content(), Bytes(50, 1));
}

TEST_F(RollbackJournalTest, SaysThatItCannotSpillOnAFullDisk) {
  disk_.fail(test::FaultDisk::Operation::write, DiskError::Kind::full);
  EXPECT_THROW(journal_.write(0, Bytes(150, 1)), DiskError);
}

}  // namespace
}  // namespace stead
