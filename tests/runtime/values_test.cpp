#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/error.h"
#include "runtime/namespace_key.h"
#include "runtime/request.h"
#include "runtime/response.h"
#include "runtime/url.h"
#include "tests/support/manual_host.h"

namespace stead {
namespace {

NamespaceKey key(std::string_view secret) {
  return NamespaceKey({reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size()});
}

TEST(NamespaceKey, FollowsThePublishedScheme) {
  // Computed with another program: SHA-256, then HMAC-SHA-256 twice.
  EXPECT_EQ(key("secret").id_from_name("alice").to_string(),
            "60896ebd324f4ea9d05b809e471244a8294adc71159bf9ec2218a110850a999d");
}

TEST(NamespaceKey, GivesTheSameIdForTheSameNameOnly) {
  const auto one = key("one");
  EXPECT_EQ(one.id_from_name("a"), one.id_from_name("a"));
  EXPECT_NE(one.id_from_name("a"), one.id_from_name("b"));
  EXPECT_NE(one.id_from_name("a"), key("two").id_from_name("a"));
}

TEST(NamespaceKey, ReadsItsOwnIdsInEitherCase) {
  const auto one = key("one");
  test::SeededRandom random;
  const auto id = one.new_unique_id(random);
  auto text = id.to_string();
  EXPECT_EQ(one.id_from_string(text).value(), id);
  for (auto& c : text) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(one.id_from_string(text).value(), id);
}

TEST(NamespaceKey, RefusesWhatIsNotAnId) {
  const auto one = key("one");
  const auto text = one.id_from_name("a").to_string();
  EXPECT_FALSE(one.id_from_string(text.substr(1)).ok());
  EXPECT_FALSE(one.id_from_string(text + "0").ok());
  EXPECT_FALSE(one.id_from_string("g" + text.substr(1)).ok());
  EXPECT_FALSE(one.id_from_string("").ok());
}

TEST(NamespaceKey, RefusesForeignIdsAndEveryFlippedBit) {
  const auto one = key("one");
  const auto id = one.id_from_name("a");
  EXPECT_FALSE(key("two").id_from_string(id.to_string()).ok());
  for (std::size_t bit = 0; bit < 256; ++bit) {
    auto flipped = id;
    flipped.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(one.owns(flipped)) << bit;
  }
}

TEST(Headers, CompareNamesWithoutCaseAndKeepRepeats) {
  Headers headers{{"Set-Cookie", "a=1"}, {"X", "y"}, {"set-cookie", "b=2"}};
  EXPECT_EQ(headers.get("SET-COOKIE"), "a=1");
  EXPECT_EQ(headers.get_all("Set-Cookie").size(), 2U);
  headers.set("set-cookie", "c=3");
  EXPECT_EQ(headers.size(), 2U);
  EXPECT_EQ(headers.get("Set-Cookie"), "c=3");
  EXPECT_EQ(headers.remove("x"), 1U);
  EXPECT_FALSE(headers.has("X"));
}

TEST(Url, DecodesEscapes) {
  EXPECT_EQ(percent_decode("a%20b%2Fc"), "a b/c");
  EXPECT_EQ(percent_decode("%zz"), std::nullopt);
  EXPECT_EQ(percent_decode("abc%"), std::nullopt);
  EXPECT_EQ(percent_decode("abc%4"), std::nullopt);
}

TEST(Request, ReadsItsQuery) {
  const auto request = Request::get("/path/x?amount=5&name=a+b%21&flag&bad=%zz");
  EXPECT_EQ(request.path(), "/path/x");
  EXPECT_EQ(request.query("amount"), "5");
  EXPECT_EQ(request.query("name"), "a b!");
  EXPECT_EQ(request.query("flag"), "");
  EXPECT_EQ(request.query("bad"), std::nullopt);
  EXPECT_EQ(request.query("absent"), std::nullopt);
}

TEST(Request, SaysWhichWordItsRouteLacks) {
  EXPECT_THROW(Request::get("/").param("name"), RangeError);
}

TEST(Response, NamesItsType) {
  EXPECT_EQ(Response::text("x").headers.get("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(Response::redirect("/y", 303).status, 303);
  EXPECT_EQ(Response::text("x").with("A", "b").headers.get("a"), "b");
}

TEST(Bytes, HexRoundTrips) {
  EXPECT_EQ(to_hex(Bytes{0, 255, 16}), "00ff10");
  EXPECT_EQ(from_hex("00FF10"), (Bytes{0, 255, 16}));
  EXPECT_EQ(from_hex("0"), std::nullopt);
  EXPECT_EQ(from_hex("0g"), std::nullopt);
}

TEST(Error, IsRaisedAsTheClassOfItsCode) {
  const Error error = RangeError("r");
  EXPECT_THROW(error.raise(), RangeError);
  EXPECT_THROW(Error(HttpError(418, "t")).raise(), HttpError);
  try {
    Error(HttpError(418, "t")).raise();
  } catch (const HttpError& caught) {
    EXPECT_EQ(caught.status(), 418);
  }
}

TEST(Error, KeepsTheTextOfForeignExceptions) {
  try {
    throw std::logic_error("foreign");
  } catch (...) {
    const auto error = current_error();
    EXPECT_EQ(error.code(), ErrorCode::exception);
    EXPECT_STREQ(error.what(), "foreign");
  }
}

}  // namespace
}  // namespace stead
