#include "storage/data_directory.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

using ::testing::HasSubstr;

class DataDirectories : public ::testing::Test {
 protected:
  std::string error_of(const std::string& path) {
    auto opened = DataDirectory::open(path);
    return opened.ok() ? "" : opened.error().what();
  }
  TemporaryDirectory directory_;
  std::string path_ = directory_.path() + "/data";
  Environment environment_ = Environment::system();
};

TEST_F(DataDirectories, IsCreatedAndLocked) {
  auto first = DataDirectory::open(path_).take_or_raise();
  const auto text = error_of(path_);
  EXPECT_THAT(text, HasSubstr("in use by another process"));
  EXPECT_THAT(text, HasSubstr(std::to_string(::getpid())));
  first.reset();
  EXPECT_EQ(error_of(path_), "");
}

TEST_F(DataDirectories, WrongPathsAreExplained) {
  EXPECT_THAT(error_of(path_ + "/deeper"), HasSubstr("above it does not exist"));
  std::ofstream(path_) << "x";
  EXPECT_THAT(error_of(path_), HasSubstr("not a directory"));
  EXPECT_THAT(error_of("/proc/stead"), HasSubstr("cannot create"));
  EXPECT_NE(error_of(""), "");
}

TEST_F(DataDirectories, KeyIsMadeOnceAndPrivate) {
  auto data = DataDirectory::open(path_).take_or_raise();
  const auto key = data->namespace_key("Thing", environment_.random).take_or_raise();
  EXPECT_EQ(data->namespace_key("Thing", environment_.random).take_or_raise(), key);
  EXPECT_NE(data->namespace_key("Other", environment_.random).take_or_raise(), key);
  struct stat status{};
  const auto file = path_ + "/objects/Thing/namespace.key";
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  EXPECT_EQ(status.st_size, 65);
}

TEST_F(DataDirectories, KeyIsReadBesideTheHolderOfTheLock) {
  const auto held = DataDirectory::open(path_).take_or_raise();
  EXPECT_FALSE(DataDirectory::read_namespace_key(path_, "Counter").ok());
  const auto made = held->namespace_key("Counter", environment_.random).take_or_raise();
  EXPECT_EQ(DataDirectory::read_namespace_key(path_, "Counter").take_or_raise(), made);
}

TEST_F(DataDirectories, MissingKeyWithObjectsIsAnError) {
  auto data = DataDirectory::open(path_).take_or_raise();
  ASSERT_TRUE(data->namespace_key("Thing", environment_.random).ok());
  const auto file = object_path(path_, "Thing", ObjectId{});
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  std::ofstream(file) << "x";
  std::filesystem::remove(path_ + "/objects/Thing/namespace.key");
  const auto key = data->namespace_key("Thing", environment_.random);
  ASSERT_FALSE(key.ok());
  EXPECT_THAT(key.error().what(), HasSubstr("restore"));
}

TEST_F(DataDirectories, DamagedKeyIsAnError) {
  auto data = DataDirectory::open(path_).take_or_raise();
  ASSERT_TRUE(data->namespace_key("Thing", environment_.random).ok());
  std::ofstream(path_ + "/objects/Thing/namespace.key") << "abc";
  EXPECT_FALSE(data->namespace_key("Thing", environment_.random).ok());
}

TEST_F(DataDirectories, NamesOfClassesAreChecked) {
  auto data = DataDirectory::open(path_).take_or_raise();
  for (const auto* name : {"", "..", "a/b", "1a", "a-b", "_a"}) {
    EXPECT_FALSE(data->namespace_key(name, environment_.random).ok()) << name;
  }
  EXPECT_FALSE(is_class_name(std::string(65, 'a')));
  EXPECT_TRUE(is_class_name(std::string(64, 'a')));
}

}  // namespace
}  // namespace stead::test
