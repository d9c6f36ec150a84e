#include "gateway/route_pattern.h"

#include <gtest/gtest.h>

namespace stead {
namespace {

/// The words' values as "a=1 b=2", "no" for no match, "malformed" for a broken escape.
std::string match(std::string_view pattern, std::string_view path, std::string_view host = "") {
  const auto compiled = RoutePattern::parse(pattern).take_or_raise();
  RoutePattern::Captures captures;
  if (!compiled.matches(host, path, captures)) return "no";
  std::string text;
  for (std::size_t i = 0; i < compiled.word_count(); ++i) {
    const auto value = compiled.value(captures, i);
    if (!value) return "malformed";
    text += (i > 0 ? " " : "") + compiled.word(i) + "=" + *value;
  }
  return text;
}

std::string fault(std::string_view pattern) {
  const auto compiled = RoutePattern::parse(pattern);
  return compiled ? "none" : compiled.error().what();
}

TEST(RoutePattern, MatchesWholeSegments) {
  EXPECT_EQ(match("/rooms/{name}", "/rooms/blue"), "name=blue");
  EXPECT_EQ(match("/rooms/{name}", "/rooms/blue/x"), "no");
  EXPECT_EQ(match("/rooms/{name}", "/rooms/blue/"), "no");
  EXPECT_EQ(match("/rooms/{name}", "/room/blue"), "no");
  EXPECT_EQ(match("/rooms/{name}", "/rooms/"), "name=");
  EXPECT_EQ(match("/rooms/{name}", "/rooms"), "no");
  EXPECT_EQ(match("/", "/"), "");
  EXPECT_EQ(match("/", "/x"), "no");
  EXPECT_EQ(match("/a/", "/a/"), "");
  EXPECT_EQ(match("/a/", "/a"), "no");
  EXPECT_EQ(match("/a", "*"), "no");
}

TEST(RoutePattern, StarMatchesTheRest) {
  EXPECT_EQ(match("/r/{name}/*", "/r/blue"), "name=blue");
  EXPECT_EQ(match("/r/{name}/*", "/r/blue/"), "name=blue");
  EXPECT_EQ(match("/r/{name}/*", "/r/blue/a/b%zz"), "name=blue");
  EXPECT_EQ(match("/*", "/"), "");
  EXPECT_EQ(match("/*", "/a/b"), "");
}

TEST(RoutePattern, DecodesSegments) {
  EXPECT_EQ(match("/r/{name}", "/r/a%2Fb"), "name=a/b");
  EXPECT_EQ(match("/r/{name}", "/%72/x"), "name=x");
  EXPECT_EQ(match("/r/{name}", "/r/%zz"), "malformed");
  EXPECT_EQ(match("/r/{name}", "/r/%2"), "malformed");
  EXPECT_EQ(match("/r/{name}", "/r%zz/x"), "no");
  EXPECT_EQ(match("/r/{name}", "/r/a+b"), "name=a+b");
}

TEST(RoutePattern, MatchesPartsOfSegments) {
  EXPECT_EQ(match("/v{n}/x", "/v12/x"), "n=12");
  EXPECT_EQ(match("/v{n}/x", "/w12/x"), "no");
  EXPECT_EQ(match("/f/{name}.json", "/f/a.b.json"), "name=a.b");
  EXPECT_EQ(match("/f/{name}.json", "/f/a%20b.js%6fn"), "name=a b");
  EXPECT_EQ(match("/aa{n}aa", "/aaa"), "no");
}

TEST(RoutePattern, MatchesHosts) {
  EXPECT_EQ(match("{t}.example.com/*", "/x", "Blue.EXAMPLE.com"), "t=blue");
  EXPECT_EQ(match("{t}.example.com/*", "/x", "a.b.example.com"), "no");
  EXPECT_EQ(match("{t}.example.com/*", "/x", ".example.com"), "no");
  EXPECT_EQ(match("{t}.example.com/*", "/x", "example.com"), "no");
  EXPECT_EQ(match("{t}.example.com/*", "/x", "blue.example.com.evil"), "no");
  EXPECT_EQ(match("{t}.example.com/*", "/x", "blue.example.com."), "t=blue");
  EXPECT_EQ(match("shop-{t}.example.com/{name}", "/x", "SHOP-1.example.com"), "t=1 name=x");
  EXPECT_EQ(match("shop-{t}.example.com/{name}", "/x", "shop.example.com"), "no");
}

TEST(RoutePattern, ChecksMethods) {
  const auto pattern = RoutePattern::parse("GET,POST /x").take_or_raise();
  EXPECT_TRUE(pattern.allows("GET"));
  EXPECT_TRUE(pattern.allows("HEAD"));
  EXPECT_TRUE(pattern.allows("POST"));
  EXPECT_FALSE(pattern.allows("DELETE"));
  EXPECT_FALSE(pattern.allows("get"));
}

TEST(RoutePattern, ExplainsMistakes) {
  EXPECT_EQ(fault("rooms"),
            "the route \"rooms\" is malformed: it has no path: write \"/rooms/{name}\" or "
            "\"example.com/*\"");
  for (const auto* pattern :
       {"", "/{", "/}", "/{}", "/{a b}", "/{a}{b}", "/{a}/{a}", "/a*", "/*/b", "/a?b", "/a%20b",
        "get /x", "GET,,POST /x", " /x", "a..b/x", "host:80/x", "/{a}x{", "GET  /x"}) {
    EXPECT_NE(fault(pattern), "none") << pattern;
  }
  std::string many;
  for (int i = 0; i < 17; ++i) many += "/{w" + std::to_string(i) + "}";
  EXPECT_NE(fault(many).find("more than 16 words"), std::string::npos);
}

}  // namespace
}  // namespace stead
