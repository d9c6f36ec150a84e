#include "gateway/name_cache.h"

#include <gtest/gtest.h>

#include "runtime/app.h"
#include "runtime/class_info.h"
#include "runtime/durable_object.h"

namespace stead {
namespace {

class Thing final : public DurableObject {
 public:
  using DurableObject::DurableObject;
};

class NameCacheTest : public ::testing::Test {
 protected:
  NameCacheTest() {
    app_.add<Thing>("Thing");
    app_.add<Thing>("Other");
    std::uint8_t secret = 1;
    for (const auto& info : app_.classes()) {
      classes_.add(*info, NamespaceKey(std::span(&secret, 1)));
      ++secret;
    }
  }
  const Class& of(const char* name) { return *classes_.find(name); }

  App app_;
  ClassTable classes_;
  NameCache names_;
};

TEST_F(NameCacheTest, GivesEachNameItsIdAlsoIfThereAreMoreThanItHolds) {
  constexpr int more_than_it_holds = 6'000;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < more_than_it_holds; ++i) {
      const auto name = "name-" + std::to_string(i);
      ASSERT_EQ(names_.id_of(of("Thing"), name), of("Thing").key.id_from_name(name)) << name;
    }
  }
}

TEST_F(NameCacheTest, TellsClassesApart) {
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(names_.id_of(of("Thing"), "a"), of("Thing").key.id_from_name("a"));
    EXPECT_EQ(names_.id_of(of("Other"), "a"), of("Other").key.id_from_name("a"));
  }
}

TEST_F(NameCacheTest, KnowsNamesThatAreTooLongToKeep) {
  const std::string name(10'000, 'n');
  EXPECT_EQ(names_.id_of(of("Thing"), name), of("Thing").key.id_from_name(name));
}

}  // namespace
}  // namespace stead
