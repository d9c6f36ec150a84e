#include "storage/class_folders.h"

#include <gmock/gmock.h>

#include <fstream>

#include "storage/data_directory.h"
#include "storage/object_index.h"
#include "tests/storage/store_fixture.h"

namespace stead::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ClassFoldersTest : public ::testing::Test {
 protected:
  ClassFoldersTest() { fs::create_directories(data() + "/objects"); }

  const std::string& data() const { return directory_.path(); }
  std::string folder(const std::string& name) const { return class_path(data(), name); }
  /// A class with a key, and an object if wanted.
  void make(const std::string& name, bool with_object) {
    fs::create_directories(folder(name) + "/ab/cd");
    std::ofstream(folder(name) + "/namespace.key") << name;
    ObjectId id;
    id.bytes[0] = 0xab;
    id.bytes[1] = 0xcd;
    if (with_object) std::ofstream(object_path(data(), name, id)) << name;
  }
  std::string key(const std::string& name) const {
    std::ifstream file(folder(name) + "/namespace.key");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryDirectory directory_;
  ClassFolders folders{Disk::system(), directory_.path()};
};

TEST_F(ClassFoldersTest, RenameTakesKeyAndObjectsAlong) {
  make("A", true);
  folders.rename("A", "B");
  EXPECT_FALSE(fs::exists(folder("A")));
  EXPECT_EQ(key("B"), "A");
  EXPECT_TRUE(holds_objects(folder("B")));
  folders.rename("A", "B");  // again, after an interruption
  EXPECT_EQ(key("B"), "A");
  folders.rename("B", "B");
  EXPECT_EQ(key("B"), "A");
}

TEST_F(ClassFoldersTest, RenameReplacesAClassWithoutObjectsOnly) {
  make("A", true);
  make("B", false);
  folders.rename("A", "B");
  EXPECT_EQ(key("B"), "A");
  make("C", true);
  EXPECT_THAT(thrown<StorageError>([&] { folders.rename("C", "B"); }),
              HasSubstr("both have objects"));
  EXPECT_EQ(key("C"), "C");
}

TEST_F(ClassFoldersTest, RemoveLeavesNothing) {
  make("A", true);
  folders.remove("A");
  EXPECT_FALSE(fs::exists(folder("A")));
  EXPECT_TRUE(fs::is_empty(data() + "/deleted"));
  folders.remove("A");
  folders.remove("Never");
  // Interrupted before the files were gone; then the class was made anew and removed again.
  fs::create_directories(data() + "/deleted/A/ab");
  make("A", true);
  folders.remove("A");
  EXPECT_FALSE(fs::exists(folder("A")));
  EXPECT_TRUE(fs::is_empty(data() + "/deleted"));
}

TEST_F(ClassFoldersTest, TakeClassNamesOnly) {
  for (const auto* name : {"", "..", "a/b", "../x", ".hidden"}) {
    EXPECT_THROW(folders.remove(name), StorageError) << name;
    EXPECT_THROW(folders.rename(name, "B"), StorageError) << name;
    EXPECT_THROW(folders.rename("A", name), StorageError) << name;
  }
  EXPECT_TRUE(fs::exists(data() + "/objects"));
}

TEST_F(ClassFoldersTest, TheIndexFollows) {
  const auto index = ObjectIndex::open(data());
  ObjectId one;
  ObjectId two;
  two.bytes[0] = 2;
  index->apply({ObjectIndex::Created{{"A", one, "x", {}, {}, 1}},
                ObjectIndex::Created{{"B", two, "y", {}, {}, 1}}});
  index->rename_class("A", "C");
  index->rename_class("A", "C");
  EXPECT_EQ(index->count("A"), 0);
  EXPECT_EQ(index->count("C"), 1);
  index->remove_class("B");
  EXPECT_EQ(index->count(""), 1);
  EXPECT_EQ(index->find(one)->class_name, "C");
}

}  // namespace
}  // namespace stead::test
