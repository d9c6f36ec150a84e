#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stead {

/// The first half of a route, compiled: methods, host name and path with their `{words}`. The
/// grammar is the one documented at `App::route`. Matching looks at the request in place and
/// copies nothing but segments that have percent-escapes.
///
/// Thread: any (immutable). Fails: `parse` gives an `Error` that quotes the pattern.
class RoutePattern {
 public:
  static constexpr std::size_t max_words = 16;

  /// Where each word matched, by its index. The views are into what was given to `matches`.
  using Captures = std::array<std::string_view, max_words>;

  static Result<RoutePattern> parse(std::string_view text);

  /// Empty: any method.
  const std::vector<std::string>& methods() const { return methods_; }
  /// GET allows HEAD as well.
  bool allows(std::string_view method) const;

  std::size_t word_count() const { return words_.size(); }
  const std::string& word(std::size_t index) const { return words_[index].name; }
  std::optional<std::size_t> index_of(std::string_view word) const;

  /// `path` is as sent, without the query; `host` is without the port.
  bool matches(std::string_view host, std::string_view path, Captures& captures) const;
  /// The value of a word: decoded if it is from the path, in lower case if from the host name.
  /// Nothing if a percent-escape in it is malformed.
  std::optional<std::string> value(const Captures& captures, std::size_t index) const;

 private:
  /// Text between two separators: `before`, or `before{word}after`.
  struct Segment {
    std::string before;
    std::string after;
    std::optional<std::size_t> word;
  };
  struct Word {
    std::string name;
    std::size_t before = 0;  ///< bytes of literal text around it in its segment
    std::size_t after = 0;
    bool in_host = false;
  };

  Result<void> parse_methods(std::string_view list);
  Result<void> parse_segments(std::string_view text, char separator);
  Result<Segment> parse_segment(std::string_view text, bool in_host);

  bool matches_host(std::string_view host, Captures& captures) const;
  bool matches_path(std::string_view path, Captures& captures) const;
  static bool matches_segment(const Segment& segment, std::string_view text, Captures& captures);

  std::vector<std::string> methods_;
  std::vector<Segment> host_;
  std::vector<Segment> path_;
  std::vector<Word> words_;
  bool any_rest_ = false;
};

}  // namespace stead
