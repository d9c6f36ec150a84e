#include "storage/memory_wal.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/bytes.h"
#include "tests/support/fault_disk.h"
#include "tests/support/temporary_directory.h"

namespace stead {
namespace {

constexpr std::size_t page_size = 512;
constexpr std::size_t frame_size = 24 + page_size;

void put_big_endian(std::uint8_t* at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

class MemoryWalTest : public testing::Test {
 protected:
  MemoryWalTest() { begin(wal_); }

  static void begin(MemoryWal& wal) {
    Bytes header(32, 0xaa);
    put_big_endian(header.data() + 8, page_size);
    wal.write(0, header);
  }
  static Bytes frame(std::uint32_t page, std::uint8_t fill, std::uint32_t pages_after) {
    Bytes bytes(frame_size, fill);
    put_big_endian(bytes.data(), page);
    put_big_endian(bytes.data() + 4, pages_after);
    return bytes;
  }
  /// Writes a frame at the end as SQLite does: its header, then the page.
  static void append(MemoryWal& wal, std::uint32_t page, std::uint8_t fill,
                     std::uint32_t pages_after) {
    const auto bytes = frame(page, fill, pages_after);
    const auto at = wal.size();
    wal.write(at, std::span(bytes).first(24));
    wal.write(at + 24, std::span(bytes).subspan(24));
  }
  void commit(std::uint64_t sequence, std::uint32_t page, std::uint8_t fill) {
    append(wal_, page, fill, 3);
    const auto frame = wal_.commit(wal_.committed() + 1);
    wal_.adopt(frame, sequence);
  }
  static std::uint8_t image_byte(MemoryWal& wal, std::size_t frame) {
    std::vector<std::uint8_t> buffer;
    return wal.image(frame, buffer).back();
  }

  test::TemporaryDirectory folder_;
  test::FaultDisk disk_;
  MemoryWal wal_{disk_, {}};
};

TEST_F(MemoryWalTest, ReadsBackWhatWasWrittenAcrossFrames) {
  append(wal_, 1, 0x11, 0);
  append(wal_, 2, 0x22, 2);
  EXPECT_EQ(wal_.size(), 32 + 2 * frame_size);
  Bytes all(wal_.size());
  EXPECT_EQ(wal_.read(0, all), all.size());
  Bytes expected(32, 0xaa);
  put_big_endian(expected.data() + 8, page_size);
  for (const auto& each : {frame(1, 0x11, 0), frame(2, 0x22, 2)}) {
    expected.insert(expected.end(), each.begin(), each.end());
  }
  EXPECT_EQ(all, expected);
  for (std::size_t from = 0; from < all.size(); from += 37) {
    Bytes part(100);
    const auto count = wal_.read(from, part);
    ASSERT_EQ(count, std::min(part.size(), all.size() - from));
    ASSERT_TRUE(std::equal(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count),
                           all.begin() + static_cast<std::ptrdiff_t>(from)));
  }
}

TEST_F(MemoryWalTest, ReadsNothingBehindItsEnd) {
  Bytes some(10);
  EXPECT_EQ(wal_.read(32, some), 0U);
  MemoryWal empty(disk_, {});
  EXPECT_EQ(empty.size(), 0U);
  EXPECT_EQ(empty.read(0, some), 0U);
}

TEST_F(MemoryWalTest, KnowsPagesOfFramesAndSizesOfCommits) {
  append(wal_, 7, 1, 0);
  append(wal_, 9, 2, 12);
  EXPECT_EQ(wal_.page_of(0), 7U);
  EXPECT_EQ(wal_.pages_after(0), 0U);
  EXPECT_EQ(wal_.page_of(1), 9U);
  EXPECT_EQ(wal_.pages_after(1), 12U);
  EXPECT_EQ(wal_.committed(), 0U);
  EXPECT_EQ(wal_.commit(2), 0U);
  EXPECT_EQ(wal_.committed(), 2U);
}

TEST_F(MemoryWalTest, TakesBackFramesOfATransactionThatDidNotCommit) {
  commit(1, 1, 0x11);
  append(wal_, 1, 0x22, 0);
  append(wal_, 2, 0x33, 0);
  wal_.truncate(32 + frame_size);
  EXPECT_EQ(wal_.size(), 32 + frame_size);
  EXPECT_EQ(wal_.memory(), page_size);
  EXPECT_EQ(image_byte(wal_, 0), 0x11);
}

TEST_F(MemoryWalTest, OverwritesFramesThatAreNotCommitted) {
  append(wal_, 1, 0x11, 0);
  wal_.write(32, frame(2, 0x22, 1));
  EXPECT_EQ(wal_.page_of(0), 2U);
  EXPECT_EQ(image_byte(wal_, 0), 0x22);
  EXPECT_EQ(wal_.memory(), page_size);
}

TEST_F(MemoryWalTest, KeepsAnImageUntilTheOneThatReplacesItIsDurable) {
  commit(1, 1, 0x11);
  commit(2, 1, 0x22);
  EXPECT_EQ(wal_.latest(1), 1U);
  wal_.durable(1);
  EXPECT_TRUE(wal_.present(0));
  EXPECT_EQ(image_byte(wal_, 0), 0x11);
  wal_.durable(2);
  EXPECT_FALSE(wal_.present(0));
  EXPECT_TRUE(wal_.present(1));
  EXPECT_EQ(wal_.memory(), page_size);
}

TEST_F(MemoryWalTest, StaysSmallHoweverOftenAPageIsWritten) {
  for (std::uint64_t sequence = 1; sequence <= 1'000; ++sequence) {
    commit(sequence, 1, static_cast<std::uint8_t>(sequence));
    wal_.durable(sequence);
  }
  EXPECT_EQ(wal_.memory(), page_size);
  EXPECT_EQ(wal_.committed(), 1'000U);
  EXPECT_EQ(wal_.latest().size(), 1U);
}

TEST_F(MemoryWalTest, MovesImagesBeyondItsBoundIntoAFileWithoutAName) {
  const auto path = folder_.path() + "/spill/one";
  MemoryWal wal(disk_, {.memory = 2 * page_size, .spill_path = path});
  begin(wal);
  for (std::uint8_t page = 1; page <= 5; ++page) append(wal, page, page, 0);
  EXPECT_EQ(wal.memory(), 2 * page_size);
  EXPECT_FALSE(wal.spilled(1));
  EXPECT_TRUE(wal.spilled(2));
  for (std::uint8_t page = 1; page <= 5; ++page) EXPECT_EQ(image_byte(wal, page - 1U), page);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() + "/spill"));
}

TEST_F(MemoryWalTest, SaysThatItCannotSpillOnAFullDisk) {
  MemoryWal wal(disk_, {.memory = 0, .spill_path = folder_.path() + "/one"});
  begin(wal);
  disk_.fail(test::FaultDisk::Operation::write, DiskError::Kind::full);
  EXPECT_THROW(append(wal, 1, 1, 0), DiskError);
}

TEST_F(MemoryWalTest, BeginsAnewWithANewHeader) {
  commit(1, 1, 0x11);
  begin(wal_);
  EXPECT_EQ(wal_.size(), 32U);
  EXPECT_EQ(wal_.committed(), 0U);
  EXPECT_EQ(wal_.memory(), 0U);
  EXPECT_EQ(wal_.latest(1), std::nullopt);
}

TEST_F(MemoryWalTest, KnowsThatAPageSizeOfOneMeansTheGreatest) {
  Bytes header(32, 0);
  put_big_endian(header.data() + 8, 1);
  wal_.write(0, header);
  EXPECT_EQ(wal_.page_size(), 65'536U);
}

}  // namespace
}  // namespace stead
