#include "storage/page_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/bytes.h"
#include "storage/page_codec.h"
#include "tests/support/fault_disk.h"
#include "tests/support/temporary_directory.h"

namespace stead {
namespace {

using testing::ElementsAre;

constexpr std::size_t page_size = 4096;

/// A page that differs from others in all its bytes.
Bytes page_of(std::uint8_t fill) { return Bytes(page_size, fill); }

class PageLayerTest : public testing::Test {
 protected:
  void write(std::uint32_t page, const Bytes& image) { layer_.write(page, image, true, since_); }
  /// What was written until now is committed.
  void commit() { since_ = layer_.last(); }
  Bytes content(std::uint32_t page) {
    Bytes buffer;
    const auto image = layer_.image(page, buffer);
    return {image.begin(), image.end()};
  }
  bool spilled() const { return disk_.count(test::FaultDisk::Operation::write) > 0; }

  test::TemporaryDirectory folder_;
  test::FaultDisk disk_;
  SpillLimits limits_{.path = folder_.path() + "/spill/one"};
  PageLayer layer_{disk_, limits_};
  std::uint64_t since_ = 0;
};

TEST_F(PageLayerTest, GivesBackWhatWasWritten) {
  write(7, page_of(1));
  EXPECT_EQ(content(7), page_of(1));
  Bytes part(10);
  EXPECT_TRUE(layer_.read(7, 100, part));
  EXPECT_EQ(part, Bytes(10, 1));
  EXPECT_FALSE(layer_.read(8, 0, part));
  write(3, page_of(2));
  EXPECT_THAT(layer_.pages(), ElementsAre(3, 7));
}

TEST_F(PageLayerTest, SmallChangeIsAPatchInPlace) {
  auto image = page_of(1);
  write(1, image);
  commit();
  image[100] = 9;
  write(1, image);
  EXPECT_EQ(layer_.memory(), page_size);
  EXPECT_EQ(content(1), image);
  const auto& change = layer_.change(layer_.last());
  EXPECT_EQ(change.page, 1U);
  EXPECT_LT(change.patch.size(), 10U);
  EXPECT_EQ(change.checksum, page_checksum(image));
}

TEST_F(PageLayerTest, SameImageAgainIsNoChange) {
  write(1, page_of(1));
  commit();
  write(1, page_of(1));
  EXPECT_EQ(layer_.last(), since_);
}

TEST_F(PageLayerTest, TakesChangesBackToAnyThatIsNotForgotten) {
  auto image = page_of(1);
  write(1, image);
  commit();
  image[5] = 2;
  write(1, image);
  write(2, page_of(3));
  commit();
  write(1, page_of(4));
  layer_.cut_off(1);
  EXPECT_FALSE(layer_.contains(2));
  layer_.take_back(since_);
  EXPECT_EQ(content(1), image);
  EXPECT_EQ(content(2), page_of(3));
  layer_.take_back(1);
  EXPECT_EQ(content(1), page_of(1));
  EXPECT_FALSE(layer_.contains(2));
  layer_.take_back(0);
  EXPECT_TRUE(layer_.empty());
  EXPECT_EQ(layer_.memory(), 0U);
}

TEST_F(PageLayerTest, WritesOfOneTransactionShareAReplacement) {
  write(1, page_of(1));
  commit();
  write(1, page_of(2));
  write(1, page_of(3));
  EXPECT_EQ(layer_.last(), since_ + 1);
  EXPECT_EQ(layer_.memory(), 2 * page_size);
  layer_.take_back(since_);
  EXPECT_EQ(content(1), page_of(1));
}

TEST_F(PageLayerTest, KnowsWhatAChangeReplaced) {
  write(1, page_of(1));
  commit();
  write(1, page_of(2));
  Bytes buffer;
  EXPECT_FALSE(layer_.replaced(1, buffer));
  const auto former = layer_.replaced(2, buffer);
  ASSERT_TRUE(former);
  EXPECT_EQ(Bytes(former->begin(), former->end()), page_of(1));
}

TEST_F(PageLayerTest, ForgottenChangesNeedNoMemory) {
  for (std::uint8_t i = 1; i <= 200; ++i) {
    write(1, page_of(i));
    commit();
    if (i > 1) layer_.forget(since_ - 1);
  }
  EXPECT_EQ(layer_.memory(), 2 * page_size);
  layer_.forget(since_);
  EXPECT_EQ(layer_.memory(), page_size);
  EXPECT_EQ(content(1), page_of(200));
  write(1, page_of(1));
  layer_.take_back(since_);
  EXPECT_EQ(content(1), page_of(200));
}

TEST_F(PageLayerTest, PagesLaidDownAreCopiedBeforeTheyChange) {
  auto image = page_of(1);
  layer_.lay(1, image);
  EXPECT_EQ(layer_.memory(), 0U);
  auto changed = image;
  changed[0] = 2;
  write(1, changed);
  EXPECT_EQ(image, page_of(1));
  EXPECT_EQ(content(1), changed);
  layer_.take_back(0);
  EXPECT_TRUE(layer_.laid(1));
  EXPECT_EQ(content(1), page_of(1));
}

TEST_F(PageLayerTest, ImagesBeyondTheBoundGoToAFileWithoutAName) {
  limits_.memory = 2 * page_size;
  for (std::uint8_t page = 1; page <= 5; ++page) write(page, page_of(page));
  EXPECT_TRUE(spilled());
  EXPECT_EQ(layer_.memory(), 2 * page_size);
  for (std::uint8_t page = 1; page <= 5; ++page) EXPECT_EQ(content(page), page_of(page));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() + "/spill"));
}

TEST_F(PageLayerTest, SpilledImagesAreTakenBackToo) {
  limits_.memory = 0;
  write(1, page_of(1));
  write(2, page_of(2));
  commit();
  write(1, page_of(3));
  write(1, page_of(4));
  layer_.cut_off(1);
  layer_.take_back(since_);
  EXPECT_EQ(content(1), page_of(1));
  EXPECT_EQ(content(2), page_of(2));
  write(1, page_of(5));
  EXPECT_EQ(content(2), page_of(2)) << "a free place in the file was not free";
}

TEST_F(PageLayerTest, SpillThatFailsChangesNothing) {
  limits_.memory = page_size;
  write(1, page_of(1));
  commit();
  disk_.fail(test::FaultDisk::Operation::write, DiskError::Kind::full);
  EXPECT_THROW(write(2, page_of(2)), DiskError);
  EXPECT_THROW(write(1, page_of(3)), DiskError);
  EXPECT_EQ(layer_.last(), since_);
  EXPECT_EQ(content(1), page_of(1));
  EXPECT_FALSE(layer_.contains(2));
}

}  // namespace
}  // namespace stead
