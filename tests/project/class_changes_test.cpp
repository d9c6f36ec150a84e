#include "project/class_changes.h"

#include "project_folder.h"

namespace stead::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = ClassChange::Kind;

class ClassChanges : public ProjectFolder {
 protected:
  ClassPlan plan(std::string_view toml, const AppliedClasses& applied = {}) {
    return plan_class_changes(load("wrangler.toml", toml), applied);
  }
  std::string problem(std::string_view toml, const AppliedClasses& applied = {}) {
    const auto problems = plan(toml, applied).problems;
    return problems.empty() ? "none" : shorten(problems.front());
  }
};

constexpr std::string_view history = R"(
[[migrations]]
tag = "v1"
new_classes = ["A", "B"]
[[migrations]]
tag = "v2"
renamed_classes = [{from = "A", to = "C"}]
deleted_classes = ["B"]
new_sqlite_classes = ["D"]
[[migrations]]
tag = "v3"
transferred_classes = [{from = "X", from_script = "other", to = "Y"}]
)";

TEST_F(ClassChanges, FollowEachOtherInOrder) {
  const auto all = plan(history);
  EXPECT_THAT(all.problems, IsEmpty());
  ASSERT_EQ(all.steps.size(), 3U);
  EXPECT_THAT(all.steps[0].changes, IsEmpty());
  EXPECT_EQ(all.steps[0].after, (AppliedClasses{"v1", {"A", "B"}}));
  EXPECT_THAT(all.steps[1].changes,
              ElementsAre(ClassChange{Kind::rename, "A", "C"}, ClassChange{Kind::remove, "B", ""}));
  EXPECT_EQ(all.steps[1].after, (AppliedClasses{"v2", {"D", "C"}}));
  EXPECT_THAT(all.steps[2].changes, ElementsAre(ClassChange{Kind::take_over, "X", "Y"}));
  EXPECT_TRUE(all.touches_objects());
}

TEST_F(ClassChanges, AreDoneOnce) {
  const auto rest = plan(history, {"v2", {"C", "D"}});
  ASSERT_EQ(rest.steps.size(), 1U);
  EXPECT_EQ(rest.steps[0].after.tag, "v3");
  const auto none = plan(history, {"v3", {"C", "D", "Y"}});
  EXPECT_THAT(none.steps, IsEmpty());
  EXPECT_FALSE(none.touches_objects());
}

TEST_F(ClassChanges, TellWhatDoesNotFit) {
  EXPECT_EQ(problem("[[migrations]]\ntag='a'\nrenamed_classes=[{from='A',to='B'}]\n"),
            "wrangler.toml:1: migration \"a\" renames the class A, which there is not");
  EXPECT_EQ(problem("[[migrations]]\ntag='a'\ndeleted_classes=['A']\n"),
            "wrangler.toml:1: migration \"a\" deletes the class A, which there is not");
  EXPECT_EQ(problem("[[migrations]]\ntag='a'\nnew_classes=['A']\nnew_sqlite_classes=['A']\n"),
            "wrangler.toml:1: migration \"a\" creates the class A, which there is already");
  EXPECT_EQ(problem("[[durable_objects.bindings]]\nname='R'\nclass_name='Room'\n"),
            "wrangler.toml:1: the binding R needs the class Room, which no migration creates: add "
            "a migration with new_sqlite_classes = [\"Room\"]");
  EXPECT_EQ(problem("[[durable_objects.bindings]]\nname='R'\nclass_name='Room'\n"
                    "script_name='other'\n"),
            "none");
}

TEST_F(ClassChanges, DoNothingIfTheHistoryIsAnother) {
  const auto changed = plan(history, {"x9", {"Z"}});
  ASSERT_EQ(changed.problems.size(), 1U);
  EXPECT_THAT(changed.problems[0], HasSubstr("as of migration \"x9\""));
  ASSERT_EQ(changed.steps.size(), 1U);
  EXPECT_THAT(changed.steps[0].changes, IsEmpty());
  EXPECT_EQ(changed.steps[0].after.tag, "v3");
  EXPECT_THAT(plan("", {"x9", {"Z"}}).steps, IsEmpty());
}

TEST_F(ClassChanges, FollowExports) {
  constexpr std::string_view exports = R"(
[exports]
A = {type = "durable-object", state = "renamed", renamed_to = "B"}
B = {type = "durable-object"}
Gone = {type = "durable-object", state = "deleted"}
Moved = {type = "durable-object", state = "transferred", transferred_to = "other"}
)";
  const auto first = plan(exports);
  ASSERT_EQ(first.steps.size(), 1U);
  EXPECT_THAT(first.steps[0].changes, IsEmpty());
  EXPECT_THAT(first.steps[0].after.classes, ElementsAre("B"));
  EXPECT_THAT(plan(exports, first.steps[0].after).steps, IsEmpty());
  const auto later = plan(exports, {"v7", {"A", "Gone", "Moved"}});
  ASSERT_EQ(later.steps.size(), 1U);
  EXPECT_THAT(later.problems, IsEmpty());
  EXPECT_THAT(later.steps[0].changes, ElementsAre(ClassChange{Kind::rename, "A", "B"},
                                                  ClassChange{Kind::remove, "Gone", ""}));
  EXPECT_EQ(later.steps[0].after, (AppliedClasses{"", {"B"}}));
  EXPECT_THAT(plan(exports, {"", {"B", "Q"}}).problems.at(0),
              HasSubstr("a class Q of which exports say nothing"));
}

TEST_F(ClassChanges, AreKeptAsJson) {
  const AppliedClasses applied{"v\"2", {"A", "B"}};
  EXPECT_EQ(AppliedClasses::parse(applied.to_json(), "x").take_or_raise(), applied);
  for (const auto* text : {"", "{}", "[]", "{\"format\": 2}", "{\"format\":1,\"tag\":3}", "\xff"}) {
    EXPECT_FALSE(AppliedClasses::parse(text, "x")) << text;
  }
}

}  // namespace
}  // namespace stead::test
