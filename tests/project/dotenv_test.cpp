#include "project/dotenv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "project/table_reader.h"

namespace stead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Dotenv, ReadsNamesAndValues) {
  ConfigNotes notes{".env"};
  EXPECT_THAT(
      read_dotenv(R"(
# a comment
PLAIN=some text   # not this
export EXPORTED = yes
EMPTY=
HASH=a#b
DOUBLE="a\n\"b\" # c"
SINGLE='a\n # "b"'
BACK=`it's "both"`
LINES="first
second"
AFTER=1
PLAIN=again
URL=https://host/path?a=b
)",
                  notes),
      ElementsAre(Pair("EXPORTED", "yes"), Pair("EMPTY", ""), Pair("HASH", "a#b"),
                  Pair("DOUBLE", "a\n\"b\" # c"), Pair("SINGLE", "a\\n # \"b\""),
                  Pair("BACK", "it's \"both\""), Pair("LINES", "first\nsecond"), Pair("AFTER", "1"),
                  Pair("PLAIN", "again"), Pair("URL", "https://host/path?a=b")));
  EXPECT_THAT(notes.warnings, IsEmpty());
}

TEST(Dotenv, WarnsOfLinesThatAreNone) {
  ConfigNotes notes{".env"};
  EXPECT_THAT(read_dotenv("A=1\r\nwhat is this\n=x\nB=\"open\nC=2", notes),
              ElementsAre(Pair("A", "1"), Pair("B", "\"open"), Pair("C", "2")));
  EXPECT_THAT(notes.warnings,
              ElementsAre(".env:2: expected NAME=value; the line is left out",
                          ".env:3: expected NAME=value; the line is left out",
                          ".env:4: a quote is not closed; it counts as part of the value"));
}

}  // namespace
}  // namespace stead
