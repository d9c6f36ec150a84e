#include "cli/setting_values.h"

#include <gtest/gtest.h>

namespace stead {
namespace {

using std::chrono::milliseconds;

TEST(ParseBytes, ReadsNumbersAndBinaryUnits) {
  EXPECT_EQ(parse_bytes("0").value(), 0U);
  EXPECT_EQ(parse_bytes("65536").value(), 65'536U);
  EXPECT_EQ(parse_bytes("17B").value(), 17U);
  EXPECT_EQ(parse_bytes("64KiB").value(), 65'536U);
  EXPECT_EQ(parse_bytes("32MiB").value(), 32U << 20);
  EXPECT_EQ(parse_bytes("2GiB").value(), std::size_t{2} << 30);
}

TEST(ParseBytes, RefusesTheRest) {
  for (const auto* text : {"", "MiB", "1MB", "1 MiB", "-1", "1.5MiB", "1mib", "0x10", "+1",
                           "18446744073709551616", "99999999999GiB"}) {
    EXPECT_FALSE(parse_bytes(text).ok()) << text;
  }
}

TEST(ParseDuration, ReadsUnits) {
  EXPECT_EQ(parse_duration("250ms").value(), milliseconds(250));
  EXPECT_EQ(parse_duration("10s").value(), milliseconds(10'000));
  EXPECT_EQ(parse_duration("5m").value(), milliseconds(300'000));
  EXPECT_EQ(parse_duration("2h").value(), milliseconds(7'200'000));
}

TEST(ParseDuration, RefusesTheRest) {
  for (const auto* text :
       {"", "10", "s", "0s", "-1s", "1.5s", "10 s", "1d", "99999999999999999999s", "9999999h"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

TEST(ParseCount, ReadsWholeNumbersUpToTheMaximum) {
  EXPECT_EQ(parse_count("0", 10).value(), 0U);
  EXPECT_EQ(parse_count("10", 10).value(), 10U);
  EXPECT_EQ(parse_count("100_000", 1'000'000).value(), 100'000U);
  for (const auto* text : {"", "11", "-1", "1.0", "ten", "1_", "_1", "1__0", "1 "}) {
    EXPECT_FALSE(parse_count(text, 10).ok()) << text;
  }
}

TEST(Format, GivesTheLargestUnitThatDivides) {
  EXPECT_EQ(format_bytes(0), "0");
  EXPECT_EQ(format_bytes(1'000), "1000");
  EXPECT_EQ(format_bytes(65'536), "64KiB");
  EXPECT_EQ(format_bytes(32 << 20), "32MiB");
  EXPECT_EQ(format_duration(milliseconds(250)), "250ms");
  EXPECT_EQ(format_duration(milliseconds(10'000)), "10s");
  EXPECT_EQ(format_duration(milliseconds(75'000)), "75s");
  EXPECT_EQ(format_duration(milliseconds(60'000)), "1m");
}

}  // namespace
}  // namespace stead
