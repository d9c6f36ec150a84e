#include "gateway/route_pattern.h"

#include <algorithm>

#include "runtime/headers.h"
#include "runtime/url.h"

namespace stead {

namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

Error malformed(const std::string& what) { return Error(ErrorCode::type, what); }

bool fits(std::string_view text, std::string_view before, std::string_view after) {
  return text.size() >= before.size() + after.size() && text.starts_with(before) &&
         text.ends_with(after);
}

/// Takes the text up to the separator off the front; clears `more` if there is no separator.
std::string_view next_segment(std::string_view& rest, char separator, bool& more) {
  const auto end = rest.find(separator);
  const auto segment = rest.substr(0, end);
  more = end != std::string_view::npos;
  rest.remove_prefix(more ? end + 1 : rest.size());
  return segment;
}

}  // namespace

Result<RoutePattern> RoutePattern::parse(std::string_view text) {
  const auto fail = [&](const Error& why) {
    return Error(ErrorCode::type,
                 "the route \"" + std::string(text) + "\" is malformed: " + why.what());
  };
  RoutePattern pattern;
  auto rest = text;
  if (const auto space = rest.find(' '); space != std::string_view::npos) {
    if (auto done = pattern.parse_methods(rest.substr(0, space)); !done) return fail(done.error());
    rest.remove_prefix(space + 1);
  }
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) {
    return fail(malformed("it has no path: write \"/rooms/{name}\" or \"example.com/*\""));
  }
  if (slash > 0) {
    if (auto done = pattern.parse_segments(rest.substr(0, slash), '.'); !done) {
      return fail(done.error());
    }
  }
  auto path = rest.substr(slash + 1);
  if (path == "*" || path.ends_with("/*")) {
    pattern.any_rest_ = true;
    if (path == "*") return pattern;
    path.remove_suffix(2);
  }
  if (auto done = pattern.parse_segments(path, '/'); !done) return fail(done.error());
  return pattern;
}

Result<void> RoutePattern::parse_methods(std::string_view list) {
  for (bool more = true; more;) {
    const auto method = next_segment(list, ',', more);
    if (method.empty() ||
        !std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
      return malformed("methods are capital letters with commas between, as in \"GET,POST /x\"");
    }
    methods_.emplace_back(method);
  }
  return {};
}

Result<void> RoutePattern::parse_segments(std::string_view text, char separator) {
  const bool in_host = separator == '.';
  for (bool more = true; more;) {
    auto segment = parse_segment(next_segment(text, separator, more), in_host);
    if (!segment) return segment.error();
    (in_host ? host_ : path_).push_back(std::move(segment).value());
  }
  return {};
}

Result<RoutePattern::Segment> RoutePattern::parse_segment(std::string_view text, bool in_host) {
  Segment segment;
  const auto open = text.find('{');
  const auto close = text.find('}');
  if (open == std::string_view::npos && close == std::string_view::npos) {
    segment.before = text;
  } else if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return malformed("a brace is not closed");
  } else {
    const auto name = text.substr(open + 1, close - open - 1);
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_word_character)) {
      return malformed("a word in braces consists of letters, digits and underscores");
    }
    if (index_of(name)) return malformed("the word {" + std::string(name) + "} is there twice");
    if (words_.size() == max_words) return malformed("it has more than 16 words");
    segment.before = text.substr(0, open);
    segment.after = text.substr(close + 1);
    segment.word = words_.size();
    words_.push_back({std::string(name), open, segment.after.size(), in_host});
  }
  const auto literal = segment.before + segment.after;
  if (literal.find_first_of("{}") != std::string::npos) {
    return malformed("there is more than one word between two separators");
  }
  if (literal.find('*') != std::string::npos) {
    return malformed("\"*\" stands only at the end, behind a slash");
  }
  if (literal.find_first_of("?#% ") != std::string::npos) {
    return malformed("it contains one of \"?\", \"#\", \"%\" and space: write the path decoded");
  }
  if (in_host) {
    if (literal.empty() && !segment.word) return malformed("its host name has an empty part");
    if (literal.find(':') != std::string::npos) return malformed("its host name has a port");
    segment.before = lower_case(segment.before);
    segment.after = lower_case(segment.after);
  }
  return segment;
}

bool RoutePattern::allows(std::string_view method) const {
  if (methods_.empty()) return true;
  const auto has = [&](std::string_view name) {
    return std::find(methods_.begin(), methods_.end(), name) != methods_.end();
  };
  return has(method) || (method == "HEAD" && has("GET"));
}

std::optional<std::size_t> RoutePattern::index_of(std::string_view word) const {
  for (std::size_t i = 0; i < words_.size(); ++i)
    if (words_[i].name == word) return i;
  return std::nullopt;
}

bool RoutePattern::matches(std::string_view host, std::string_view path, Captures& captures) const {
  return matches_path(path, captures) && (host_.empty() || matches_host(host, captures));
}

bool RoutePattern::matches_host(std::string_view host, Captures& captures) const {
  if (host.ends_with('.')) host.remove_suffix(1);
  bool more = true;
  for (const auto& segment : host_) {
    if (!more) return false;
    const auto text = next_segment(host, '.', more);
    if (segment.word) {
      const auto size = segment.before.size() + segment.after.size();
      if (text.size() <= size ||
          !equal_ignoring_case(text.substr(0, segment.before.size()), segment.before) ||
          !equal_ignoring_case(text.substr(text.size() - segment.after.size()), segment.after)) {
        return false;
      }
      captures[*segment.word] = text;
    } else if (!equal_ignoring_case(text, segment.before)) {
      return false;
    }
  }
  return !more;
}

bool RoutePattern::matches_path(std::string_view path, Captures& captures) const {
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  bool more = true;
  for (const auto& segment : path_) {
    if (!more) return false;
    if (!matches_segment(segment, next_segment(path, '/', more), captures)) return false;
  }
  return any_rest_ || !more;
}

bool RoutePattern::matches_segment(const Segment& segment, std::string_view text,
                                   Captures& captures) {
  if (segment.word) {
    captures[*segment.word] = text;
    if (segment.before.empty() && segment.after.empty()) return true;
  }
  if (text.find('%') == std::string_view::npos) {
    return segment.word ? fits(text, segment.before, segment.after) : text == segment.before;
  }
  const auto decoded = percent_decode(text);
  if (!decoded) return false;
  return segment.word ? fits(*decoded, segment.before, segment.after) : *decoded == segment.before;
}

std::optional<std::string> RoutePattern::value(const Captures& captures, std::size_t index) const {
  const auto& word = words_[index];
  const auto raw = captures[index];
  const auto inner = [&](std::string_view text) {
    return text.substr(word.before, text.size() - word.before - word.after);
  };
  if (word.in_host) return lower_case(inner(raw));
  if (raw.find('%') == std::string_view::npos) return std::string(inner(raw));
  const auto decoded = percent_decode(raw);
  if (!decoded) return std::nullopt;
  return std::string(inner(*decoded));
}

}  // namespace stead
