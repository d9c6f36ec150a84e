#include "gateway/json_arguments.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stead {
namespace {

std::string fault(std::string_view body) {
  const auto result = parse_arguments(body);
  if (result) return "none";
  EXPECT_EQ(result.error().status(), 400);
  return result.error().what();
}

TEST(JsonArguments, ReadsArrays) {
  EXPECT_EQ(parse_arguments("[1, \"two\"]").value()->dump(), "[1,\"two\"]");
  EXPECT_EQ(parse_arguments("").value()->dump(), "[]");
}

TEST(JsonArguments, TellsThePosition) {
  EXPECT_TRUE(
      fault("[1,\n x]")
          .starts_with("the body is not valid JSON at byte 6 (line 2, column 2): syntax error"))
      << fault("[1,\n x]");
  EXPECT_NE(fault("[1").find("at byte 3"), std::string::npos) << fault("[1");
  EXPECT_NE(fault("[1] 2").find("at byte 5"), std::string::npos);
  EXPECT_NE(fault("[\"\xff\"]").find("at byte 3"), std::string::npos);
}

TEST(JsonArguments, RefusesWhatIsNoArray) {
  EXPECT_EQ(fault("{}"),
            "the body must be a JSON array of arguments, not object: write [1, \"two\"]");
}

TEST(JsonArguments, RefusesDeepNesting) {
  EXPECT_NE(fault(std::string(100'000, '[')).find("levels deep"), std::string::npos);
  EXPECT_EQ(fault("[\"" + std::string(1'000, '[') + "\"]"), "none");
  EXPECT_NE(fault("[1e999]"), "none");
}

}  // namespace
}  // namespace stead
