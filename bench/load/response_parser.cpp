#include "bench/load/response_parser.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

namespace stead {

namespace {

constexpr std::size_t max_header = 16 << 10;
constexpr std::size_t max_number = 20;

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool parse(std::string_view text, std::uint64_t& value, int base) {
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  return error == std::errc() && stop == end;
}

}  // namespace

ResponseParser::State ResponseParser::feed(std::string_view bytes) {
  // A response nearly always comes in one piece, and then nothing is copied.
  if (!buffered_.empty()) buffered_ += bytes;
  input_ = buffered_.empty() ? bytes : std::string_view(buffered_);
  const auto before = [&] { return std::pair(phase_, input_.size()); };
  for (auto last = before(); phase_ != Phase::done && phase_ != Phase::malformed; last = before()) {
    advance();
    if (before() == last) break;
  }
  if (phase_ == Phase::done && !input_.empty()) phase_ = Phase::malformed;
  if (phase_ == Phase::malformed) return State::malformed;
  if (phase_ == Phase::done) return State::complete;
  if (input_.size() > max_header) return State::malformed;
  buffered_ = std::string(input_);
  return State::more;
}

void ResponseParser::reset() {
  phase_ = Phase::header;
  keep_alive_ = true;
  chunked_ = false;
  buffered_.clear();
  digits_.clear();
}

std::uint64_t ResponseParser::number() const {
  std::uint64_t value = 0;
  return digits_.size() <= max_number && parse(digits_, value, 10) ? value : 0;
}

void ResponseParser::advance() {
  switch (phase_) {
    case Phase::header:
      if (!read_header()) phase_ = Phase::malformed;
      break;
    case Phase::body:
      read_body(Phase::done);
      break;
    case Phase::chunk_size:
      if (!read_chunk_size()) phase_ = Phase::malformed;
      break;
    case Phase::chunk_data:
      read_body(Phase::chunk_end);
      break;
    case Phase::chunk_end:
      if (input_.size() < 2) break;
      phase_ = input_.starts_with("\r\n") ? Phase::chunk_size : Phase::malformed;
      input_.remove_prefix(2);
      break;
    case Phase::done:
    case Phase::malformed:
      break;
  }
}

bool ResponseParser::read_header() {
  const auto size = input_.find("\r\n\r\n");
  if (size == input_.npos) return true;
  auto header = input_.substr(0, size + 2);
  input_.remove_prefix(size + 4);
  std::uint64_t status = 0;
  if (!header.starts_with("HTTP/1.1 ") || !parse(header.substr(9, 3), status, 10)) return false;
  status_ = static_cast<int>(status);
  remaining_ = 0;
  for (;;) {
    header.remove_prefix(header.find("\r\n") + 2);
    if (header.empty()) break;
    const auto line = header.substr(0, header.find("\r\n"));
    const auto colon = line.find(':');
    if (colon == line.npos) return false;
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (!read_field(line.substr(0, colon), value)) return false;
  }
  phase_ = chunked_ ? Phase::chunk_size : remaining_ > 0 ? Phase::body : Phase::done;
  return true;
}

bool ResponseParser::read_field(std::string_view name, std::string_view value) {
  if (same(name, "content-length")) return parse(value, remaining_, 10);
  if (same(name, "transfer-encoding")) chunked_ = same(value, "chunked");
  if (same(name, "connection")) keep_alive_ = !same(value, "close");
  return true;
}

bool ResponseParser::read_chunk_size() {
  const auto size = input_.find("\r\n");
  if (size == input_.npos) return true;
  const auto text = input_.substr(0, size);
  if (!parse(text.substr(0, text.find(';')), remaining_, 16)) return false;
  if (remaining_ > 0) {
    input_.remove_prefix(size + 2);
    phase_ = Phase::chunk_data;
  } else if (input_.size() >= size + 4) {
    if (!input_.substr(size + 2).starts_with("\r\n")) return false;
    input_.remove_prefix(size + 4);
    phase_ = Phase::done;
  }
  return true;
}

void ResponseParser::read_body(Phase next) {
  const auto size = std::min<std::uint64_t>(remaining_, input_.size());
  take_body(input_.substr(0, size));
  input_.remove_prefix(size);
  remaining_ -= size;
  if (remaining_ == 0) phase_ = next;
}

void ResponseParser::take_body(std::string_view bytes) {
  const auto room = max_number + 1 - std::min(digits_.size(), max_number + 1);
  digits_ += bytes.substr(0, room);
}

}  // namespace stead
