#include "cli/text.h"

#include <gtest/gtest.h>

namespace stead {
namespace {

TEST(EscapeControl, KeepsTextOnOneLine) {
  EXPECT_EQ(escape_control("grüße"), "grüße");
  EXPECT_EQ(escape_control("a\nb\tc\x1b[0m\x7f"), "a\\nb\\tc\\x1b[0m\\x7f");
  EXPECT_EQ(escape_control(std::string_view("\0", 1)), "\\x00");
}

TEST(FormatTime, IsUtc) {
  EXPECT_EQ(format_time(WallTime(std::chrono::milliseconds(1'700'000'000'123))),
            "2023-11-14T22:13:20Z");
}

}  // namespace
}  // namespace stead
