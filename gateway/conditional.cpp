#include "gateway/conditional.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "runtime/headers.h"

namespace stead {

namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Takes what is before the next separator off the text.
std::string_view next(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = trim(text.substr(0, end));
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return part;
}

std::string_view without_weakness(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

/// Nothing if it is no number; the greatest if it is too large.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ptr != end) return std::nullopt;
  return read.ec == std::errc::result_out_of_range ? UINT64_MAX : number;
}

/// "0.75" is 750.
int parse_weight(std::string_view text) {
  if (text.starts_with('1')) return 1'000;
  if (!text.starts_with("0.")) return 0;
  int weight = 0;
  for (std::size_t i = 2, unit = 100; i < text.size() && i < 5; ++i, unit /= 10) {
    if (text[i] < '0' || text[i] > '9') return 0;
    weight += (text[i] - '0') * static_cast<int>(unit);
  }
  return weight;
}

}  // namespace

bool names_tag(std::string_view list, std::string_view tag) {
  list = trim(list);
  if (list == "*") return true;
  // Our own tags have no comma in them, so a foreign one that has cannot match by mistake.
  while (!list.empty()) {
    if (without_weakness(next(list, ',')) == without_weakness(tag)) return true;
  }
  return false;
}

std::variant<WholeRange, ByteRange, UnsatisfiableRange> parse_range(std::string_view text,
                                                                    std::uint64_t size) {
  if (text.size() < 6 || !equal_ignoring_case(text.substr(0, 6), "bytes=")) return WholeRange{};
  text = trim(text.substr(6));
  const auto dash = text.find('-');
  if (dash == text.npos || text.find(',') != text.npos) return WholeRange{};
  const auto first = trim(text.substr(0, dash));
  const auto last = trim(text.substr(dash + 1));
  if (first.empty()) {
    const auto count = parse_number(last);
    if (!count) return WholeRange{};
    if (*count == 0 || size == 0) return UnsatisfiableRange{};
    return ByteRange{size - std::min(*count, size), std::min(*count, size)};
  }
  const auto from = parse_number(first);
  const auto to = last.empty() ? std::optional(UINT64_MAX) : parse_number(last);
  if (!from || !to || *to < *from) return WholeRange{};
  if (*from >= size) return UnsatisfiableRange{};
  return ByteRange{*from, std::min(*to, size - 1) - *from + 1};
}

int coding_weight(std::string_view accept_encoding, std::string_view coding) {
  std::optional<int> exact;
  std::optional<int> any;
  while (!accept_encoding.empty()) {
    auto item = next(accept_encoding, ',');
    const auto name = next(item, ';');
    int weight = 1'000;
    while (!item.empty()) {
      auto parameter = next(item, ';');
      if (equal_ignoring_case(next(parameter, '='), "q")) weight = parse_weight(trim(parameter));
    }
    if (equal_ignoring_case(name, coding)) exact = weight;
    if (name == "*") any = weight;
  }
  return exact.value_or(any.value_or(coding == "identity" ? 1 : 0));
}

}  // namespace stead
