#include "storage/page_codec.h"

#include <gtest/gtest.h>

#include <random>

namespace stead {
namespace {

using Generator = std::mt19937_64;

Bytes noise(Generator& random, std::size_t size) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

Bytes changed(Generator& random, Bytes page) {
  for (auto runs = random() % 6; runs > 0; --runs) {
    const auto at = random() % page.size();
    const auto end = std::min<std::size_t>(page.size(), at + 1 + random() % 80);
    for (auto i = at; i < end; ++i) page[i] = static_cast<std::uint8_t>(random());
  }
  return page;
}

Bytes patch_of(const Bytes& before, const Bytes& after) {
  Bytes patch;
  EXPECT_TRUE(append_patch(patch, before, after, 1 << 20));
  return patch;
}

TEST(PageCodec, KeepsWhatDoesNotCompressAsItIs) {
  Generator random(1);
  const auto page = noise(random, 4096);
  Bytes out{7};
  EXPECT_EQ(append_image(out, page), PageEncoding::raw);
  EXPECT_EQ(out.size(), 1 + page.size());
  Bytes back(4096);
  EXPECT_TRUE(apply_image(PageEncoding::raw, std::span(out).subspan(1), back));
  EXPECT_EQ(back, page);
}

TEST(PageCodec, CompressesWhatRepeats) {
  const Bytes page(4096, 9);
  Bytes out;
  EXPECT_EQ(append_image(out, page), PageEncoding::lz4);
  EXPECT_LT(out.size(), 100U);
  Bytes back(4096, 1);
  EXPECT_TRUE(apply_image(PageEncoding::lz4, out, back));
  EXPECT_EQ(back, page);
}

TEST(PageCodec, WritesARunOfDifferencesAsOffsetLengthAndXor) {
  const Bytes before(512, 0xf0);
  auto after = before;
  after[0x101] = 0xf1;
  after[0x104] = 0xf2;  // two equal bytes between them: one run
  after[0x1ff] = 0x00;
  EXPECT_EQ(patch_of(before, after), (Bytes{0x01, 0x01, 3, 0, 0x01, 0, 0, 0x02,  //
                                            0xff, 0x01, 0, 0, 0xf0}));
}

TEST(PageCodec, HasAnEmptyPatchForEqualImages) {
  const Bytes page(4096, 3);
  EXPECT_TRUE(patch_of(page, page).empty());
  auto same = page;
  EXPECT_TRUE(apply_image(PageEncoding::patch, {}, same));
  EXPECT_EQ(same, page);
}

TEST(PageCodec, DescribesAWholePageOfTheGreatestSize) {
  const Bytes before(65'536, 0);
  const Bytes after(65'536, 1);
  const auto patch = patch_of(before, after);
  EXPECT_EQ(patch.size(), 4U + 65'536);
  auto page = before;
  EXPECT_TRUE(apply_image(PageEncoding::patch, patch, page));
  EXPECT_EQ(page, after);
}

TEST(PageCodec, AppendsNothingIfThePatchWouldBeTooLong) {
  const Bytes before(4096, 0);
  auto after = before;
  for (std::size_t i = 0; i < 100; ++i) after[i * 40] = 1;
  Bytes out{1, 2, 3};
  EXPECT_FALSE(append_patch(out, before, after, 499));
  EXPECT_EQ(out, (Bytes{1, 2, 3}));
  EXPECT_TRUE(append_patch(out, before, after, 500));
  EXPECT_EQ(out.size(), 503U);
}

TEST(PageCodec, LeadsFromAnyImageToAnyOtherAndBack) {
  Generator random(42);
  for (int round = 0; round < 2'000; ++round) {
    const auto before = noise(random, std::size_t{512} << random() % 4);
    const auto after = changed(random, before);
    const auto patch = patch_of(before, after);
    auto page = before;
    ASSERT_TRUE(apply_image(PageEncoding::patch, patch, page)) << round;
    ASSERT_EQ(page, after) << round;
    ASSERT_TRUE(apply_image(PageEncoding::patch, patch, page)) << round;
    ASSERT_EQ(page, before) << round;
    Bytes image;
    const auto encoding = append_image(image, after);
    ASSERT_TRUE(apply_image(encoding, image, page)) << round;
    ASSERT_EQ(page, after) << round;
  }
}

TEST(PageCodec, RefusesImagesOfAnotherSize) {
  Bytes page(512);
  EXPECT_FALSE(apply_image(PageEncoding::raw, Bytes(511), page));
  EXPECT_FALSE(apply_image(PageEncoding::raw, Bytes(513), page));
  Bytes small;
  ASSERT_EQ(append_image(small, Bytes(256, 5)), PageEncoding::lz4);
  EXPECT_FALSE(apply_image(PageEncoding::lz4, small, page));
  Bytes large;
  ASSERT_EQ(append_image(large, Bytes(1024, 5)), PageEncoding::lz4);
  EXPECT_FALSE(apply_image(PageEncoding::lz4, large, page));
}

TEST(PageCodec, RefusesPatchesThatLeaveThePageOrEndEarly) {
  Bytes page(512);
  EXPECT_FALSE(apply_image(PageEncoding::patch, Bytes{0xff, 0x01, 1, 0, 1, 1}, page));
  EXPECT_FALSE(apply_image(PageEncoding::patch, Bytes{0, 0, 1, 0, 1}, page));
  EXPECT_FALSE(apply_image(PageEncoding::patch, Bytes{0, 0, 0}, page));
}

/// What is read out of bounds, the address sanitizer tells: each input has memory of its own.
TEST(PageCodec, NeverReadsBeyondMalformedInput) {
  Generator random(7);
  for (int round = 0; round < 20'000; ++round) {
    const auto before = noise(random, 512);
    Bytes encoded;
    const auto encoding = static_cast<PageEncoding>(random() % 3);
    if (encoding == PageEncoding::patch) {
      append_patch(encoded, before, changed(random, before), 1 << 20);
    } else {
      append_image(encoded, Bytes(512, static_cast<std::uint8_t>(random())));
    }
    for (auto flips = random() % 4; flips > 0 && !encoded.empty(); --flips) {
      encoded[random() % encoded.size()] = static_cast<std::uint8_t>(random());
    }
    if (random() % 2 == 0) encoded.resize(random() % (encoded.size() + 8));
    encoded.shrink_to_fit();
    auto page = before;
    apply_image(encoding, encoded, page);
    ASSERT_EQ(page.size(), before.size());
  }
}

TEST(PageCodec, ChecksumNoticesAFlippedBit) {
  Generator random(3);
  auto page = noise(random, 512);
  const auto checksum = page_checksum(page);
  for (std::size_t bit = 0; bit < page.size() * 8; ++bit) {
    page[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_NE(page_checksum(page), checksum);
    page[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

}  // namespace
}  // namespace stead
