#include "storage/object_files.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/offline_query.h"
#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Access = OfflineFile::Access;

class ObjectFiles : public StoreTest {
 protected:
  ObjectFiles() {
    run("CREATE TABLE t(a, b); INSERT INTO t VALUES(1, NULL), ('x', x'00ff')");
    commit();
    close();
  }
};

TEST_F(ObjectFiles, AreFoundByClassAndId) {
  std::vector<std::string> paths;
  const auto visit = [&](const std::string& name, const ObjectId& id, const std::string& at) {
    EXPECT_EQ(name, "Thing");
    EXPECT_EQ(id, config().id);
    paths.push_back(at);
  };
  ASSERT_TRUE(for_each_object_file(directory_.path(), std::nullopt, visit).ok());
  ASSERT_TRUE(for_each_object_file(directory_.path(), "Thing", visit).ok());
  EXPECT_THAT(paths, ElementsAre(path(), path()));
  EXPECT_FALSE(for_each_object_file(directory_.path(), "Other", visit).ok());
}

TEST_F(ObjectFiles, TellAboutThemselvesUntouched) {
  const auto summary = read_object_summary(path()).take_or_raise();
  EXPECT_EQ(summary.name, "alice");
  EXPECT_EQ(summary.created.time_since_epoch().count(), 1234);
  EXPECT_GT(summary.size, 0);
  EXPECT_EQ(summary.schema_version, 0);
  EXPECT_FALSE(exists("-wal"));
  EXPECT_FALSE(exists("-shm"));
  EXPECT_FALSE(read_object_summary(path() + "x").ok());
}

TEST_F(ObjectFiles, HeldByAServerSaySo) {
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready) | ::pipe(done), 0);
  const auto child = ::fork();
  char byte = 0;
  if (child == 0) {
    ::close(done[1]);
    reopen();
    number("SELECT count(*) FROM t");
    static_cast<void>(!::write(ready[1], &byte, 1));
    static_cast<void>(!::read(done[0], &byte, 1));
    ::_exit(0);
  }
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const auto summary = read_object_summary(path());
  ASSERT_FALSE(summary.ok());
  EXPECT_THAT(summary.error().what(), HasSubstr("in use by a running server"));
  EXPECT_FALSE(delete_object_file(path()).ok());
  ::close(done[1]);
  ::waitpid(child, nullptr, 0);
  ::close(done[0]);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(ObjectFiles, ExportIsPlainAndNeverOverwrites) {
  const auto target = directory_.path() + "/copy.sqlite";
  ASSERT_TRUE(export_object(path(), target).ok());
  EXPECT_THAT(export_object(path(), target).error().what(), HasSubstr("exists already"));
  const auto table = run_offline_query(target, "SELECT count(*) AS n FROM t", Access::read);
  EXPECT_EQ(table.value().rows.at(0).at(0), "2");
}

TEST_F(ObjectFiles, ExportPutInPlaceIsAnObjectAgain) {
  const auto target = directory_.path() + "/copy.sqlite";
  ASSERT_TRUE(export_object(path(), target).ok());
  std::filesystem::rename(target, path());
  reopen();
  run("INSERT INTO t VALUES(3, 4)");
  EXPECT_TRUE(commit());
}

TEST_F(ObjectFiles, AreDeleted) {
  ASSERT_TRUE(delete_object_file(path()).ok());
  EXPECT_FALSE(exists());
  EXPECT_FALSE(exists(".deleted"));
  EXPECT_FALSE(delete_object_file(path()).ok());
}

TEST_F(ObjectFiles, QueryGivesTextAndOnlyReads) {
  const auto table =
      run_offline_query(path(), "SELECT a, b FROM t ORDER BY rowid", Access::read).take_or_raise();
  EXPECT_THAT(table.columns, ElementsAre("a", "b"));
  EXPECT_EQ(table.rows.at(0).at(1), std::nullopt);
  EXPECT_EQ(table.rows.at(1).at(1), "x'00ff'");
  EXPECT_FALSE(run_offline_query(path(), "DELETE FROM t", Access::read).ok());
  EXPECT_FALSE(run_offline_query(path(), "", Access::read).ok());
}

TEST_F(ObjectFiles, QueryWritesIfAskedAllOrNothing) {
  EXPECT_FALSE(run_offline_query(path(), "DELETE FROM t; SELECT nothing", Access::write).ok());
  EXPECT_EQ(run_offline_query(path(), "DELETE FROM t WHERE a = 1", Access::write).value().changes,
            1);
  EXPECT_FALSE(exists("-wal"));
  reopen();
  EXPECT_EQ(number("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace stead::test
