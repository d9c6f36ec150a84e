#include "gateway/name_cache.h"

#include "tests/gateway/two_classes.h"

namespace stead {
namespace {

class NameCacheTest : public test::TwoClasses {
 protected:
  NameCache names_;
};

TEST_F(NameCacheTest, GivesEachNameItsIdAlsoIfThereAreMoreThanItHolds) {
  constexpr int more_than_it_holds = 6'000;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < more_than_it_holds; ++i) {
      const auto name = "name-" + std::to_string(i);
      ASSERT_EQ(names_.id_of(thing(), name), thing().key.id_from_name(name)) << name;
    }
  }
}

TEST_F(NameCacheTest, TellsClassesApart) {
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(names_.id_of(thing(), "a"), thing().key.id_from_name("a"));
    EXPECT_EQ(names_.id_of(other(), "a"), other().key.id_from_name("a"));
  }
}

TEST_F(NameCacheTest, KnowsNamesThatAreTooLongToKeep) {
  const std::string name(10'000, 'n');
  EXPECT_EQ(names_.id_of(thing(), name), thing().key.id_from_name(name));
}

}  // namespace
}  // namespace stead
