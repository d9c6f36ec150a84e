#include "storage/checkpointer.h"

#include <filesystem>

#include "tests/storage/journal_fixture.h"

namespace stead::test {
namespace {

using Operation = FaultDisk::Operation;

/// Remembers marks, and how much was synced before the first.
class Marks final : public Journal {
 public:
  explicit Marks(FaultDisk& disk) : disk_(disk) {}
  std::uint64_t append_later(const CommitRecord&, Transaction, JournalClient&) override {
    return 0;
  }
  void wake_writer() override {}
  void mark(const ObjectId& object, const std::string&, std::uint64_t number) override {
    if (marks.empty()) synced = disk_.count(Operation::sync) + disk_.count(Operation::sync_all);
    marks.emplace_back(object.bytes[0], number);
  }
  std::string refusal() const override { return {}; }
  std::uint64_t last_number() const override { return 0; }

  std::vector<std::pair<int, std::uint64_t>> marks{};
  std::size_t synced = 0;

 private:
  FaultDisk& disk_;
};

class CheckpointerTest : public JournalTest {
 protected:
  Checkpointer::Ticket ticket(std::uint8_t object, std::uint64_t number) {
    const ModelObject model(object);
    return {.object = model.id, .class_name = "Thing", .path = path(model), .number = number};
  }
  void add_with_file(std::uint8_t object, std::uint64_t number) {
    auto each = ticket(object, number);
    write_file(each.path, Bytes{1});
    checkpointer_.add(std::move(each));
  }

  Marks marks_{disk_};
  Checkpointer checkpointer_{disk_, marks_, data()};
};

TEST_F(CheckpointerTest, SyncsFilesAndTheirFoldersBeforeItMarks) {
  std::vector<std::string> synced;
  disk_.before = [&](Operation operation, const std::string& path) {
    if (operation == Operation::sync || operation == Operation::sync_folder) {
      synced.push_back(path.substr(data().size()));
    }
  };
  add_with_file(0xab, 7);
  EXPECT_TRUE(checkpointer_.sync_files());
  const std::string folder = "/objects/Thing/ab/ab";
  EXPECT_THAT(synced,
              testing::ElementsAre(folder + "/" + ModelObject(0xab).id.to_string() + ".sqlite",
                                   folder, "/objects/Thing/ab", "/objects/Thing", "/objects"));
  EXPECT_THAT(marks_.marks, testing::ElementsAre(testing::Pair(0xab, 7U)));
  EXPECT_EQ(marks_.synced, 1U);
}

TEST_F(CheckpointerTest, SyncsTheWholeFileSystemOnceForManyFiles) {
  for (std::uint8_t i = 1; i <= 40; ++i) add_with_file(i, i);
  checkpointer_.sync_files();
  EXPECT_EQ(disk_.count(Operation::sync_all), 1U);
  EXPECT_EQ(disk_.count(Operation::sync), 0U);
  EXPECT_EQ(marks_.marks.size(), 40U);
  EXPECT_EQ(marks_.synced, 1U);
}

TEST_F(CheckpointerTest, MarksAnObjectThatLostItsFile) {
  auto each = ticket(1, 9);
  disk_.make_folders(each.path.substr(0, each.path.rfind('/')));
  checkpointer_.add(each);
  checkpointer_.sync_files();
  EXPECT_THAT(marks_.marks, testing::ElementsAre(testing::Pair(1, 9U)));
}

TEST_F(CheckpointerTest, MarksAnObjectThatNeverHadAFileOrAFolder) {
  checkpointer_.add(ticket(1, 9));
  checkpointer_.sync_files();
  EXPECT_THAT(marks_.marks, testing::ElementsAre(testing::Pair(1, 9U)));
}

TEST_F(CheckpointerTest, MarksAnObjectThatLosesItsFileMeanwhile) {
  add_with_file(1, 9);
  disk_.before = [](Operation operation, const std::string& path) {
    if (operation == Operation::open) std::filesystem::remove(path);
  };
  checkpointer_.sync_files();
  EXPECT_THAT(marks_.marks, testing::ElementsAre(testing::Pair(1, 9U)));
}

TEST_F(CheckpointerTest, MarksNothingIfASyncFails) {
  for (const auto operation : {Operation::sync, Operation::sync_folder}) {
    add_with_file(1, 9);
    disk_.fail(operation, DiskError::Kind::failed);
    EXPECT_THROW(checkpointer_.sync_files(), DiskError);
    EXPECT_TRUE(marks_.marks.empty());
    disk_.heal();
  }
}

TEST_F(CheckpointerTest, MarksNothingIfTheSyncOfTheWholeFileSystemFails) {
  for (std::uint8_t i = 1; i <= 40; ++i) add_with_file(i, i);
  disk_.fail(Operation::sync_all, DiskError::Kind::failed);
  EXPECT_THROW(checkpointer_.sync_files(), DiskError);
  EXPECT_TRUE(marks_.marks.empty());
}

TEST_F(CheckpointerTest, HasNothingToDoWithoutTickets) {
  EXPECT_FALSE(checkpointer_.sync_files());
  EXPECT_EQ(disk_.count(Operation::sync_folder), 0U);
}

TEST_F(CheckpointerTest, FinishesWhatIsThereOnceItWasStopped) {
  add_with_file(1, 9);
  checkpointer_.stop();
  EXPECT_TRUE(checkpointer_.wait());
  checkpointer_.sync_files();
  EXPECT_FALSE(checkpointer_.wait());
}

}  // namespace
}  // namespace stead::test
