#include "storage/journal_format.h"

#include <gtest/gtest.h>

namespace stead::journal_format {
namespace {

constexpr NodeId node{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

WallTime at(std::int64_t milliseconds) { return WallTime(std::chrono::milliseconds(milliseconds)); }

ObjectId object() {
  ObjectId id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::uint8_t>(i);
  return id;
}

SegmentHeader segment_header() {
  return {.segment = 0x1122,
          .node = node,
          .first_batch = 0x3344,
          .first_number = 0x5566,
          .created = at(0x018bcfe56800),
          .oldest = 0x1121};
}

BatchHeader batch_header() {
  return {.segment = 0x1122,
          .number = 0x3345,
          .records = 7,
          .last_commit = 0x5567,
          .body_size = 0x8899,
          .body_checksum = 0x0123456789abcdef,
          .written = at(0x018bcfe56801)};
}

RecordHeader record_header() {
  return {.kind = Transaction::Kind::commit,
          .undoable = true,
          .class_size = 5,
          .page_size = 4096,
          .number = 0x5567,
          .previous = 0x5560,
          .object = object(),
          .pages_before = 3,
          .pages = 4,
          .entries = 2,
          .alarm = at(0x018bcfe56802),
          .body_size = 0x99};
}

template <class Header>
Bytes written(const Header& header) {
  Bytes bytes(Header::size, 0xee);
  write(std::span<std::uint8_t, Header::size>(bytes), header);
  return bytes;
}

Bytes written(const BatchHeader& header, std::uint64_t seal) {
  Bytes bytes(BatchHeader::size, 0xee);
  write(std::span<std::uint8_t, BatchHeader::size>(bytes), header, seal);
  return bytes;
}

// The layout of docs/storage_format.md, byte by byte. If one of these fails, the format has
// changed: give it a new version, and say so there.

TEST(JournalFormat, LaysOutASegmentHeaderAsDocumented) {
  EXPECT_EQ(to_hex(written(segment_header())),
            "5345414453454731"                  // "SEADSEG1"
            "01000000"                          // version
            "00100000"                          // block
            "2211000000000000"                  // segment
            "0102030405060708090a0b0c0d0e0f10"  // node
            "4433000000000000"                  // first batch
            "6655000000000000"                  // first number
            "0068e5cf8b010000"                  // created
            "2111000000000000"                  // oldest
            "490291f33328bb0c");
}

TEST(JournalFormat, LaysOutABatchHeaderAsDocumented) {
  EXPECT_EQ(to_hex(written(batch_header(), seal_of(node))),
            "5341444254434831"  // "SADBTCH1"
            "2211000000000000"  // segment
            "4533000000000000"  // number
            "6755000000000000"  // last commit
            "07000000"          // records
            "00000000"          // zero
            "9988000000000000"  // size of the body
            "0168e5cf8b010000"  // written
            "efcdab8967452301"  // checksum of the body
            "c0f8d71f471901fd");
}

TEST(JournalFormat, LaysOutARecordHeaderAsDocumented) {
  Bytes bytes;
  append(bytes, record_header());
  EXPECT_EQ(to_hex(bytes),
            "9900000000000000"  // size of the body
            "01"                // kind
            "03"                // flags: undoable, alarm
            "0500"              // size of the class name
            "00100000"          // page size
            "6755000000000000"  // number
            "6055000000000000"  // previous
            "000102030405060708090a0b0c0d0e0f"
            "101112131415161718191a1b1c1d1e1f"  // object
            "03000000"                          // pages before
            "04000000"                          // pages
            "02000000"                          // entries
            "00000000"                          // zero
            "0268e5cf8b010000");                // alarm
}

TEST(JournalFormat, LaysOutAPageEntryAsDocumented) {
  Bytes bytes;
  append(bytes, PageEntry{.page = 0x0102,
                          .checksum = 0x89abcdef,
                          .encoding = PageEncoding::patch,
                          .former = true,
                          .length = 0x0304});
  EXPECT_EQ(to_hex(bytes),
            "02010000"    // page
            "efcdab89"    // checksum
            "02"          // encoding
            "01"          // flags: former
            "0000"        // zero
            "04030000");  // length
}

TEST(JournalFormat, ChecksumsAreXxh3) {
  BodyChecksum none;
  EXPECT_EQ(none.value(), 0x2d06800538d394c2);
  BodyChecksum pieces;
  pieces.add(Bytes{'a'});
  pieces.add(Bytes{'b', 'c'});
  EXPECT_EQ(pieces.value(), 0x78af5f94892f3950);
  EXPECT_EQ(page_checksum(Bytes{'a', 'b', 'c'}), 0x892f3950);
}

TEST(JournalFormat, NamesSegmentsByNumberInHexadecimal) {
  EXPECT_EQ(segment_name(0x1f), "000000000000001f.journal");
  EXPECT_EQ(segment_of_name("000000000000001f.journal"), 0x1fU);
  EXPECT_EQ(segment_of_name(segment_name(~std::uint64_t{0})), ~std::uint64_t{0});
  for (const auto* other : {"spare", "1f.journal", "000000000000001g.journal",
                            "000000000000001f.journal~", "000000000000001f.sqlite", ""}) {
    EXPECT_EQ(segment_of_name(other), std::nullopt) << other;
  }
}

TEST(JournalFormat, ReadsBackASegmentHeader) {
  const auto read = read_segment_header(written(segment_header()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->segment, 0x1122U);
  EXPECT_EQ(read->node, node);
  EXPECT_EQ(read->first_batch, 0x3344U);
  EXPECT_EQ(read->first_number, 0x5566U);
  EXPECT_EQ(read->created, at(0x018bcfe56800));
  EXPECT_EQ(read->oldest, 0x1121U);
}

TEST(JournalFormat, ReadsBackABatchHeader) {
  const auto seal = seal_of(node);
  const auto read = read_batch_header(written(batch_header(), seal), seal);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->segment, 0x1122U);
  EXPECT_EQ(read->number, 0x3345U);
  EXPECT_EQ(read->records, 7U);
  EXPECT_EQ(read->last_commit, 0x5567U);
  EXPECT_EQ(read->body_size, 0x8899U);
  EXPECT_EQ(read->body_checksum, 0x0123456789abcdefU);
  EXPECT_EQ(read->written, at(0x018bcfe56801));
}

TEST(JournalFormat, ReadsBackARecordHeader) {
  Bytes bytes;
  append(bytes, record_header());
  const auto read = read_record_header(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, Transaction::Kind::commit);
  EXPECT_TRUE(read->undoable);
  EXPECT_EQ(read->class_size, 5U);
  EXPECT_EQ(read->page_size, 4096U);
  EXPECT_EQ(read->number, 0x5567U);
  EXPECT_EQ(read->previous, 0x5560U);
  EXPECT_EQ(read->object, object());
  EXPECT_EQ(read->pages_before, 3U);
  EXPECT_EQ(read->pages, 4U);
  EXPECT_EQ(read->entries, 2U);
  EXPECT_EQ(read->alarm, at(0x018bcfe56802));
  EXPECT_EQ(read->body_size, 0x99U);
}

TEST(JournalFormat, ReadsBackAPageEntryWhoseLengthCameLater) {
  Bytes bytes{1, 2, 3};
  PageEntry entry{.page = 9, .checksum = 8, .encoding = PageEncoding::lz4};
  append(bytes, entry);
  entry.length = 77;
  finish_entry(bytes, 3, entry);
  const auto read = read_page_entry(std::span(bytes).subspan(3));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->page, 9U);
  EXPECT_EQ(read->checksum, 8U);
  EXPECT_EQ(read->encoding, PageEncoding::lz4);
  EXPECT_FALSE(read->former);
  EXPECT_EQ(read->length, 77U);
}

TEST(JournalFormat, NoticesEveryFlippedBitOfASealedHeader) {
  const auto seal = seal_of(node);
  auto segment = written(segment_header());
  for (std::size_t bit = 0; bit < segment.size() * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
    segment[bit / 8] ^= mask;
    ASSERT_FALSE(read_segment_header(segment)) << bit;
    segment[bit / 8] ^= mask;
  }
  auto batch = written(batch_header(), seal);
  for (std::size_t bit = 0; bit < batch.size() * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
    batch[bit / 8] ^= mask;
    ASSERT_FALSE(read_batch_header(batch, seal)) << bit;
    batch[bit / 8] ^= mask;
  }
}

TEST(JournalFormat, RefusesHeadersThatAreCutOff) {
  const auto seal = seal_of(node);
  const auto segment = written(segment_header());
  const auto batch = written(batch_header(), seal);
  Bytes record;
  append(record, record_header());
  Bytes entry;
  append(entry, PageEntry{});
  EXPECT_FALSE(read_segment_header(std::span(segment).first(segment.size() - 1)));
  EXPECT_FALSE(read_batch_header(std::span(batch).first(batch.size() - 1), seal));
  EXPECT_FALSE(read_record_header(std::span(record).first(record.size() - 1)));
  EXPECT_FALSE(read_page_entry(std::span(entry).first(entry.size() - 1)));
}

TEST(JournalFormat, RefusesABatchHeaderThatAnotherNodeSealed) {
  auto other = node;
  other[0] ^= 1;
  const auto batch = written(batch_header(), seal_of(other));
  EXPECT_FALSE(read_batch_header(batch, seal_of(node)));
}

TEST(JournalFormat, RefusesUnknownKindsEncodingsAndClassNamesBeyondTheBody) {
  Bytes record;
  append(record, record_header());
  for (const int kind : {0, 5, 255}) {
    auto other = record;
    other[8] = static_cast<std::uint8_t>(kind);
    EXPECT_FALSE(read_record_header(other)) << kind;
  }
  auto longer = record;
  longer[10] = 0x9a;
  EXPECT_FALSE(read_record_header(longer));
  Bytes entry;
  append(entry, PageEntry{});
  entry[8] = 3;
  EXPECT_FALSE(read_page_entry(entry));
}

}  // namespace
}  // namespace stead::journal_format
