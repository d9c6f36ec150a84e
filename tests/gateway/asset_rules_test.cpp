// The small rules that static files go by.
#include <gtest/gtest.h>

#include "gateway/asset_path.h"
#include "gateway/conditional.h"
#include "gateway/content_type.h"
#include "gateway/glob.h"
#include "gateway/http_date.h"

namespace stead {
namespace {

TEST(AssetPath, DecodesAndRefuses) {
  EXPECT_EQ(asset_name("/"), "");
  EXPECT_EQ(asset_name("/a/b/"), "a/b/");
  EXPECT_EQ(asset_name("/a%20b"), "a b");
  EXPECT_EQ(asset_name("/..."), std::nullopt);
  EXPECT_EQ(asset_name("/.well-known/x"), ".well-known/x");
  EXPECT_EQ(asset_name("*"), std::nullopt);
  EXPECT_EQ(asset_name(""), std::nullopt);
  EXPECT_EQ(asset_name("/a%2Fb"), std::nullopt);
  EXPECT_EQ(asset_name("/a%5Cb"), std::nullopt);
  EXPECT_EQ(asset_name("/a%0a"), std::nullopt);
  EXPECT_EQ(asset_name("/a%7f"), std::nullopt);
  EXPECT_EQ(asset_url("a b/%\xc3\xa4?#\"<"), "/a%20b/%25%c3%a4%3f%23%22%3c");
}

TEST(Glob, Matches) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("/api/*", "/api/a/b"));
  EXPECT_FALSE(matches_glob("/api/*", "/api"));
  EXPECT_TRUE(matches_glob("**/*.py", "a/b.py"));
  EXPECT_TRUE(matches_glob("a?c", "abc"));
  EXPECT_FALSE(matches_glob("a?c", "ac"));
  EXPECT_TRUE(matches_glob("*a*b", "xaxxab"));
  EXPECT_FALSE(matches_glob("*a*b", "xaxxa"));
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(matches_glob(pattern + "b", std::string(10'000, 'a')));
}

TEST(ContentType, GoesByTheExtension) {
  EXPECT_EQ(content_type_of("a/b.HTML"), "text/html; charset=utf-8");
  EXPECT_EQ(content_type_of("a.min.js"), "text/javascript; charset=utf-8");
  EXPECT_EQ(content_type_of("a.woff2"), "font/woff2");
  EXPECT_EQ(content_type_of("dir.css/file"), "application/octet-stream");
  EXPECT_EQ(content_type_of("a.unknown"), "application/octet-stream");
  EXPECT_EQ(content_type_of(""), "application/octet-stream");
}

TEST(HttpDateForm, GoesBothWays) {
  const auto time = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(time);
  EXPECT_EQ(time->time_since_epoch().count(), 784'111'777);
  EXPECT_EQ(format_http_date(*time), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const auto* bad : {"", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT",
                          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nix 1994 08:49:37 GMT",
                          "Sun, 06 Nov -994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_http_date(bad)) << bad;
  }
}

TEST(Conditions, ReadTags) {
  EXPECT_TRUE(names_tag(" * ", "\"a\""));
  EXPECT_TRUE(names_tag("\"x\",\"a\"", "\"a\""));
  EXPECT_TRUE(names_tag("W/\"a\"", "\"a\""));
  EXPECT_FALSE(names_tag("", "\"a\""));
  EXPECT_FALSE(names_tag("\"x\", ,", "\"a\""));
}

TEST(Conditions, ReadWeights) {
  EXPECT_EQ(coding_weight("gzip", "gzip"), 1'000);
  EXPECT_EQ(coding_weight("gzip;q=0.5", "gzip"), 500);
  EXPECT_EQ(coding_weight("GZIP ; Q=0.123456", "gzip"), 123);
  EXPECT_EQ(coding_weight("gzip;q=0", "gzip"), 0);
  EXPECT_EQ(coding_weight("gzip;q=x", "gzip"), 0);
  EXPECT_EQ(coding_weight("", "gzip"), 0);
  EXPECT_EQ(coding_weight("", "identity"), 1);
  EXPECT_EQ(coding_weight("br, *;q=0.1", "gzip"), 100);
}

TEST(Conditions, ReadHugeRanges) {
  const auto range = parse_range("bytes=1-99999999999999999999999999", 10);
  ASSERT_TRUE(std::holds_alternative<ByteRange>(range));
  EXPECT_EQ(std::get<ByteRange>(range).size, 9U);
  EXPECT_TRUE(std::holds_alternative<UnsatisfiableRange>(
      parse_range("bytes=99999999999999999999999999-", 10)));
  EXPECT_TRUE(std::holds_alternative<UnsatisfiableRange>(parse_range("bytes=-0", 10)));
  EXPECT_TRUE(std::holds_alternative<WholeRange>(parse_range("bytes=-", 10)));
}

}  // namespace
}  // namespace stead
