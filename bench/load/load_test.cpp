#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "bench/load/histogram.h"
#include "bench/load/response_parser.h"

namespace stead {
namespace {

using State = ResponseParser::State;

constexpr std::string_view with_length =
    "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nServer: x\r\n\r\n123";
constexpr std::string_view chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n1;x=y\r\n3\r\n0\r\n\r\n";

TEST(Histogram, QuantilesAreExactToABucket) {
  Histogram times;
  for (std::uint64_t i = 1; i <= 100'000; ++i) times.record(i);
  EXPECT_EQ(times.total(), 100'000u);
  EXPECT_EQ(times.max(), 100'000u);
  EXPECT_NEAR(static_cast<double>(times.quantile(0.5)), 50'000, 50'000 / 64.0);
  EXPECT_NEAR(static_cast<double>(times.quantile(0.99)), 99'000, 99'000 / 64.0);
  EXPECT_EQ(times.quantile(0), 1u);
  EXPECT_EQ(times.quantile(1), 100'000u);
}

TEST(Histogram, TakesEveryValueAndMerges) {
  Histogram low;
  Histogram high;
  low.record(0);
  high.record(~std::uint64_t{0});
  low.merge(high);
  EXPECT_EQ(low.total(), 2u);
  EXPECT_EQ(low.quantile(0.1), 0u);
  EXPECT_EQ(low.quantile(1), ~std::uint64_t{0});
  EXPECT_EQ(Histogram().quantile(0.5), 0u);
}

TEST(ResponseParser, ReadsAResponseCutAnywhere) {
  for (const auto text : {with_length, chunked}) {
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      ResponseParser parser;
      EXPECT_EQ(parser.feed(text.substr(0, cut)), State::more) << cut;
      EXPECT_EQ(parser.feed(text.substr(cut)), State::complete) << cut;
      EXPECT_EQ(parser.status(), 200);
      EXPECT_EQ(parser.number(), 123u);
      EXPECT_TRUE(parser.keep_alive());
    }
  }
}

TEST(ResponseParser, ReadsAByteAtATimeAndManyInTurn) {
  ResponseParser parser;
  for (const auto text : {chunked, with_length, chunked}) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
      EXPECT_EQ(parser.feed(text.substr(i, 1)), State::more);
    }
    EXPECT_EQ(parser.feed(text.substr(text.size() - 1)), State::complete);
    EXPECT_EQ(parser.number(), 123u);
    parser.reset();
  }
}

TEST(ResponseParser, KnowsStatusCloseAndEmptyBodies) {
  ResponseParser parser;
  EXPECT_EQ(parser.feed("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"), State::complete);
  EXPECT_EQ(parser.status(), 204);
  EXPECT_FALSE(parser.keep_alive());
  EXPECT_EQ(parser.number(), 0u);
}

TEST(ResponseParser, SkipsALongBodyThatIsNoNumber) {
  ResponseParser parser;
  const std::string body(100'000, '7');
  EXPECT_EQ(parser.feed("HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n"), State::more);
  EXPECT_EQ(parser.feed(body), State::complete);
  EXPECT_EQ(parser.number(), 0u);
}

TEST(ResponseParser, RefusesWhatItCannotRead) {
  for (const auto* text :
       {"HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 two OK\r\n\r\n", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nmore than asked",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc"}) {
    EXPECT_EQ(ResponseParser().feed(text), State::malformed) << text;
  }
  EXPECT_EQ(ResponseParser().feed(std::string(20'000, 'x')), State::malformed);
}

}  // namespace
}  // namespace stead
