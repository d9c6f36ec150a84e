#include "base/wall_time.h"

#include <cstdio>
#include <ctime>

namespace stead {

namespace {

using std::chrono::milliseconds;

/// Takes a text apart from its beginning; `ok` once everything was as expected.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!next_is_digit()) return ok_ = false, 0;
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c)) ok_ = false;
  }
  bool next_is_digit() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  bool at_end() const { return rest_.empty(); }
  bool ok() const { return ok_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

milliseconds read_fraction(Scanner& in) {
  int value = 0;
  int read = 0;
  for (; in.next_is_digit(); ++read) {
    const int digit = in.digits(1);
    if (read < 3) value = value * 10 + digit;
  }
  for (; read < 3; ++read) value *= 10;
  return milliseconds(value);
}

std::chrono::minutes read_offset(Scanner& in) {
  if (in.take('Z') || in.take('z')) return {};
  const bool west = in.take('-');
  if (!west) in.expect('+');
  const int hours = in.digits(2);
  in.take(':');
  const int minutes = in.digits(2);
  const std::chrono::minutes offset(hours * 60 + minutes);
  return west ? -offset : offset;
}

std::string format(WallTime time, const char* pattern) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t count = seconds.time_since_epoch().count();
  std::tm parts{};
  char text[64];
  if (gmtime_r(&count, &parts) == nullptr) return "?";
  return {text, std::strftime(text, sizeof text, pattern, &parts)};
}

}  // namespace

std::string format_time(WallTime time) { return format(time, "%Y-%m-%dT%H:%M:%SZ"); }

std::string format_exact_time(WallTime time) {
  const auto rest = time - std::chrono::floor<std::chrono::seconds>(time);
  char text[16];
  std::snprintf(text, sizeof text, ".%03dZ", static_cast<int>(rest.count()));
  return format(time, "%Y-%m-%dT%H:%M:%S") + text;
}

std::optional<WallTime> parse_time(std::string_view text) {
  Scanner in(text);
  const std::chrono::year year(in.digits(4));
  in.expect('-');
  const std::chrono::month month(static_cast<unsigned>(in.digits(2)));
  in.expect('-');
  const std::chrono::year_month_day date{year, month,
                                         std::chrono::day(static_cast<unsigned>(in.digits(2)))};
  if (!in.take(' ') && !in.take('t')) in.expect('T');
  const int hour = in.digits(2);
  in.expect(':');
  const int minute = in.digits(2);
  const int second = in.take(':') ? in.digits(2) : 0;
  const auto fraction = in.take('.') ? read_fraction(in) : milliseconds(0);
  const auto offset = read_offset(in);
  if (!in.ok() || !in.at_end() || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + fraction - offset;
}

}  // namespace stead
