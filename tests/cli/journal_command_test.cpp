#include "cli/journal_command.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/journal_check.h"
#include "tests/storage/journal_fixture.h"

namespace stead::test {
namespace {

using journal_format::block;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Command = CommandLine::Command;

class JournalCommandTest : public JournalTest {
 protected:
  JournalCommandTest() {
    Disk::system().make_folders(data() + "/objects");
    open();
  }

  JournalCheck check() {
    return check_journal(Disk::system(), folder(), JournalReader::Scope::needed);
  }
  int run(CommandLine line) {
    Config config;
    config.data = data();
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run_journal(line, config);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return status;
  }
  int verify() { return run({.command = Command::journal_verify}); }
  int dump(CommandLine line = {}) {
    line.command = Command::journal_dump;
    return run(line);
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::istringstream in(out_);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
  static std::string name(const ModelObject& object) { return "Thing " + object.id.to_string(); }
  /// Three batches: one of each object, then another of the first.
  void fill() {
    commit(a_.set(1, 1));
    commit(b_.set(1, 1));
    commit(a_.set(1, 2));
  }

  ModelObject a_{1};
  ModelObject b_{2};
  std::string out_;
  std::string err_;
};

TEST_F(JournalCommandTest, FindsASoundJournalSound) {
  fill();
  EXPECT_EQ(verify(), 0);
  EXPECT_EQ(out_,
            "journal  1 segment, 3 batches, 3 records, 12288 bytes, 2023-11-14T22:13:20Z to "
            "2023-11-14T22:13:20Z\nsound\n");
  EXPECT_EQ(err_, "");
}

TEST_F(JournalCommandTest, FindsAnEmptyJournalSound) {
  EXPECT_EQ(verify(), 0);
  EXPECT_THAT(out_, HasSubstr("journal  1 segment, 0 batches"));
}

TEST_F(JournalCommandTest, NamesDamageItsBatchAndWhomItAffects) {
  fill();
  flip(segment(1), block + 160);
  EXPECT_EQ(verify(), 1);
  EXPECT_THAT(out_, HasSubstr("damage   " + segment(1) +
                              " at offset 4096: batch 1 is not what was written\n         affects "
                              "Thing 0101"));
  EXPECT_THAT(out_, HasSubstr("2 batches, 2 records"));
  EXPECT_THAT(out_, testing::EndsWith("damaged\n"));
}

TEST_F(JournalCommandTest, NamesObjectsWhoseChainBreaksBehindTheDamage) {
  fill();
  // The header of the batch and of its record: nothing can be read in it.
  flip(segment(1), block + 3);
  flip(segment(1), block + journal_format::BatchHeader::size + 8, 0xff);
  const auto found = check();
  ASSERT_THAT(found.damages, SizeIs(1));
  EXPECT_EQ(found.damages[0].region.first_batch, 1U);
  EXPECT_EQ(found.damages[0].region.last_batch, 1U);
  EXPECT_THAT(found.damages[0].objects, ElementsAre(name(a_)));
}

TEST_F(JournalCommandTest, GoesOnBehindEveryDamage) {
  for (std::uint8_t i = 1; i <= 9; ++i) commit(i % 2 == 0 ? a_.set(1, i) : b_.set(1, i));
  flip(segment(1), 2 * block + 100);
  flip(segment(1), 5 * block + 100);
  const auto found = check();
  ASSERT_THAT(found.damages, SizeIs(2));
  EXPECT_EQ(found.damages[0].region.first_batch, 2U);
  EXPECT_THAT(found.damages[0].objects, testing::Contains(name(a_)));
  EXPECT_EQ(found.damages[1].region.first_batch, 5U);
  EXPECT_THAT(found.damages[1].objects, testing::Contains(name(b_)));
  EXPECT_EQ(found.batches, 7U);
}

TEST_F(JournalCommandTest, TellsTheBatchesOfASegmentWhoseHeaderIsDamagedOnce) {
  segment_bytes_ = 12 << 10;
  kill();
  open();
  for (std::uint8_t i = 1; i <= 6; ++i) commit(a_.set(1, i));
  ASSERT_EQ(journal().segments(), 3U);
  const auto second = folder() + "/" + names().at(1);
  flip(second, 20);
  const auto found = check();
  ASSERT_THAT(found.damages, SizeIs(1));
  EXPECT_EQ(found.damages[0].region.file, second);
  EXPECT_EQ(found.damages[0].region.offset, 0U);
  EXPECT_EQ(found.damages[0].region.first_batch, 3U);
  EXPECT_EQ(found.damages[0].region.last_batch, 4U);
  EXPECT_THAT(found.damages[0].objects, ElementsAre(name(a_)));
}

TEST_F(JournalCommandTest, DoesNotTakeATornTailForDamage) {
  fill();
  flip(segment(1), 3 * block + 100);
  EXPECT_EQ(verify(), 0);
  EXPECT_THAT(out_, HasSubstr("torn     " + segment(1) + " at offset 12288"));
  EXPECT_THAT(out_, testing::EndsWith("sound\n"));
}

TEST_F(JournalCommandTest, NeverFailsOnAFlippedBit) {
  fill();
  const auto whole = read_file(segment(1));
  for (std::size_t at = 0; at < 2 * block + 300; at += at < 100 || at > block ? 1 : 97) {
    flip(segment(1), at, static_cast<std::uint8_t>(1 << at % 8));
    EXPECT_NO_THROW(check()) << at;
    flip(segment(1), at, static_cast<std::uint8_t>(1 << at % 8));
  }
  EXPECT_EQ(read_file(segment(1)), whole);
}

TEST_F(JournalCommandTest, ChecksTheHistoryToo) {
  archive_ = data() + "/history";
  segment_bytes_ = 12 << 10;
  kill();
  open();
  for (std::uint8_t i = 1; i <= 6; ++i) {
    commit(a_.set(1, i));
    checkpoint(a_);
  }
  EXPECT_EQ(verify(), 0);
  EXPECT_THAT(out_, testing::StartsWith("history  "));
  const auto old = Disk::system().list(archive_);
  ASSERT_GE(old.size(), 3U);
  flip(archive_ + "/" + old.at(1), block + 100);
  EXPECT_EQ(verify(), 1);
  EXPECT_THAT(out_, HasSubstr("damage   " + archive_ + "/" + old.at(1) + " at offset 4096"));
  EXPECT_EQ(dump(), 1);
  EXPECT_THAT(err_, HasSubstr(old.at(1)));
}

TEST_F(JournalCommandTest, ChangesNothing) {
  fill();
  kill();
  const auto before = read_file(segment(1));
  verify();
  dump();
  EXPECT_EQ(read_file(segment(1)), before);
  EXPECT_THAT(names(), ElementsAre("0000000000000001.journal"));
  EXPECT_FALSE(std::filesystem::exists(path(a_)));
}

TEST_F(JournalCommandTest, NeedsADataDirectory) {
  std::filesystem::remove_all(data() + "/objects");
  EXPECT_EQ(verify(), 1);
  EXPECT_THAT(err_, HasSubstr("there is no data directory"));
}

TEST_F(JournalCommandTest, DumpsALineForEachRecord) {
  fill();
  checkpoint(b_);
  EXPECT_EQ(dump(), 0);
  const auto all = lines();
  ASSERT_THAT(all, SizeIs(5));
  EXPECT_EQ(all[0], "number\tprevious\ttime\tkind\tid\tclass\tpages\tbytes");
  EXPECT_THAT(all[1], testing::StartsWith("1\t0\t2023-11-14T22:13:20Z\tcreate\t" +
                                          a_.id.to_string() + "\tThing\t1\t"));
  EXPECT_THAT(all[3], testing::StartsWith("3\t1\t2023-11-14T22:13:20Z\tcommit\t"));
  EXPECT_THAT(all[4], testing::StartsWith("2\t2\t2023-11-14T22:13:20Z\tmark\t"));
}

TEST_F(JournalCommandTest, DumpsOneObjectWithItsPages) {
  fill();
  EXPECT_EQ(dump({.object = a_.id.to_string(), .pages = true}), 0);
  const auto all = lines();
  ASSERT_THAT(all, SizeIs(5));
  EXPECT_THAT(all[2], testing::StartsWith("\tpage 1\tlz4\t"));
  EXPECT_THAT(all[4], testing::StartsWith("\tpage 1\tpatch\t20 bytes"));
}

TEST_F(JournalCommandTest, DumpsJson) {
  fill();
  EXPECT_EQ(dump({.json = true, .pages = true}), 0);
  const auto all = lines();
  ASSERT_THAT(all, SizeIs(3));
  const auto record = nlohmann::json::parse(all[2]);
  EXPECT_EQ(record["number"], 3);
  EXPECT_EQ(record["previous"], 1);
  EXPECT_EQ(record["kind"], "commit");
  EXPECT_EQ(record["id"], a_.id.to_string());
  EXPECT_EQ(record["class"], "Thing");
  EXPECT_EQ(record["images"][0]["encoding"], "patch");
  EXPECT_EQ(record["offset"], 3 * block + journal_format::BatchHeader::size);
}

}  // namespace
}  // namespace stead::test
