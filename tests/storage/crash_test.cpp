#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "storage/object_files.h"
#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

class Crashes : public StoreTest {
 protected:
  /// Runs `body` in a process that is then killed.
  template <class Body>
  void in_killed_process(Body body) {
    const auto child = ::fork();
    if (child == 0) {
      reopen();
      body();
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
};

TEST_F(Crashes, CommittedSurvivesAndTheRestIsGone) {
  in_killed_process([&] {
    run("CREATE TABLE t(v)");
    kv().put("k", 1);
    store().commit();
    run("INSERT INTO t VALUES(1)");
    kv().put("k", 2);
    store().commit();
    run("INSERT INTO t VALUES(2)");
    kv().put("k", 3);
  });
  EXPECT_TRUE(exists("-wal"));
  EXPECT_EQ(read_object_summary(path()).take_or_raise().name, "alice");
  reopen();
  EXPECT_EQ(number("SELECT sum(v) FROM t"), 1);
  EXPECT_EQ(kv().get<int>("k"), 2);
}

TEST_F(Crashes, BeforeTheFirstCommitThereIsNoFile) {
  in_killed_process([&] { run("CREATE TABLE t(v)"); });
  EXPECT_FALSE(exists());
}

TEST_F(Crashes, LeftOverTemporaryFileIsReplaced) {
  std::filesystem::create_directories(std::filesystem::path(path()).parent_path());
  std::ofstream(path() + ".tmp") << std::string(100'000, 'x');
  EXPECT_FALSE(store().stored());
  run("CREATE TABLE t(v)");
  EXPECT_TRUE(store().commit());
  EXPECT_FALSE(exists(".tmp"));
  reopen();
  EXPECT_EQ(number("SELECT count(*) FROM t"), 0);
  EXPECT_EQ(sql().one<std::string>("PRAGMA quick_check"), "ok");
}

}  // namespace
}  // namespace stead::test
