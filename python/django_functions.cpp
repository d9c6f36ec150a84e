#include "python/django_functions.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

namespace stead {

namespace {

using Result = std::optional<SqlValue>;
using Arguments = std::span<const SqlView>;

struct Moment {
  std::chrono::year_month_day date{};
  std::int64_t hour = 0, minute = 0, second = 0;
  bool has_time = false;

  int year() const { return static_cast<int>(date.year()); }
  unsigned month() const { return static_cast<unsigned>(date.month()); }
  unsigned day() const { return static_cast<unsigned>(date.day()); }
};

bool is_null(const SqlView& view) { return view.type == SqlView::Type::null; }
bool is_text(const SqlView& view) { return view.type == SqlView::Type::text; }

/// Digits at these places; -1 if there is anything else.
std::int64_t number(std::string_view text, std::size_t at, std::size_t length) {
  std::int64_t value = 0;
  for (const char c : text.substr(at, length)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// As Django writes them: "2000-01-31", "2000-01-31 23:59:59" with or without ".123456".
std::optional<Moment> read_moment(std::string_view text) {
  if (text.size() != 10 && text.size() != 19 && text.size() != 26) return std::nullopt;
  const auto year = number(text, 0, 4);
  const auto month = number(text, 5, 2);
  const auto day = number(text, 8, 2);
  if (year < 1 || month < 0 || day < 0 || text[4] != '-' || text[7] != '-') return std::nullopt;
  Moment moment;
  moment.date = {std::chrono::year(static_cast<int>(year)),
                 std::chrono::month(static_cast<unsigned>(month)),
                 std::chrono::day(static_cast<unsigned>(day))};
  if (!moment.date.ok()) return std::nullopt;
  if (text.size() == 10) return moment;
  moment.has_time = true;
  moment.hour = number(text, 11, 2);
  moment.minute = number(text, 14, 2);
  moment.second = number(text, 17, 2);
  const bool good = text[10] == ' ' && text[13] == ':' && text[16] == ':' && moment.hour >= 0 &&
                    moment.hour < 24 && moment.minute >= 0 && moment.minute < 60 &&
                    moment.second >= 0 && moment.second < 60;
  if (!good) return std::nullopt;
  if (text.size() == 26 && (text[19] != '.' || number(text, 20, 6) < 0)) return std::nullopt;
  return moment;
}

/// The moment of an argument in the time zone it is wanted in, if that needs no conversion.
/// `zones` are the zone wanted and that of the connection: none, or names.
std::optional<Moment> read_moment(const SqlView& argument, Arguments zones) {
  if (!is_text(argument)) return std::nullopt;
  const auto moment = read_moment(argument.text());
  if (!moment || zones.empty()) return moment;
  const auto& wanted = zones[0];
  const auto& stored = zones[1];
  const bool without = is_null(wanted) && is_null(stored);
  if (without) return moment;
  // Dates have no zone; Python says what comes of it.
  if (!moment->has_time || !is_text(stored) || stored.size == 0) return std::nullopt;
  const bool same = is_null(wanted) || (is_text(wanted) && wanted.text() == stored.text());
  return same ? moment : std::nullopt;
}

/// The ISO year and week.
std::pair<std::int64_t, std::int64_t> iso_week(std::chrono::year_month_day date) {
  using namespace std::chrono;
  const sys_days day(date);
  // The Thursday of a week decides which year it belongs to.
  const auto thursday = day - (weekday(day) - Monday) + days(3);
  const year_month_day of(thursday);
  const auto start = sys_days(of.year() / January / 1);
  return {static_cast<int>(of.year()), (thursday - start).count() / 7 + 1};
}

Result extract_of(std::string_view what, const Moment& moment) {
  const auto iso_day = static_cast<std::int64_t>(
      std::chrono::weekday(std::chrono::sys_days(moment.date)).iso_encoding());
  if (what == "year") return SqlValue(std::int64_t{moment.year()});
  if (what == "month") return SqlValue(std::int64_t{moment.month()});
  if (what == "day") return SqlValue(std::int64_t{moment.day()});
  if (what == "week_day") return SqlValue(iso_day % 7 + 1);
  if (what == "iso_week_day") return SqlValue(iso_day);
  if (what == "week") return SqlValue(iso_week(moment.date).second);
  if (what == "iso_year") return SqlValue(iso_week(moment.date).first);
  if (what == "quarter") return SqlValue((std::int64_t{moment.month()} + 2) / 3);
  if (!moment.has_time) return std::nullopt;
  if (what == "hour") return SqlValue(moment.hour);
  if (what == "minute") return SqlValue(moment.minute);
  if (what == "second") return SqlValue(moment.second);
  return std::nullopt;
}

/// (what, moment) or (what, moment, zone, connection's zone)
Result extract(Arguments arguments) {
  if (is_null(arguments[1])) return SqlValue(nullptr);
  const auto moment = read_moment(arguments[1], arguments.subspan(2));
  if (!moment || !is_text(arguments[0])) return std::nullopt;
  return extract_of(arguments[0].text(), *moment);
}

std::string text_of(std::chrono::year_month_day date) {
  std::array<char, 40> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string text_of(std::int64_t hour, std::int64_t minute, std::int64_t second) {
  std::array<char, 80> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", static_cast<int>(hour),
                    static_cast<int>(minute), static_cast<int>(second));
  return {text.data(), static_cast<std::size_t>(length)};
}

/// The first day of the year, quarter, month or week that the date is in.
std::optional<std::chrono::year_month_day> first_day(std::string_view of,
                                                     std::chrono::year_month_day date) {
  using namespace std::chrono;
  if (of == "year") return date.year() / January / 1;
  if (of == "month") return date.year() / date.month() / 1;
  if (of == "day") return date;
  if (of == "quarter") {
    const auto month_of_year = static_cast<unsigned>(date.month());
    return date.year() / month(month_of_year - (month_of_year - 1) % 3) / 1;
  }
  if (of != "week") return std::nullopt;
  const sys_days day(date);
  const year_month_day monday(day - (weekday(day) - Monday));
  // Python has no year before the first.
  if (static_cast<int>(monday.year()) < 1) return std::nullopt;
  return monday;
}

Result truncate_date(Arguments arguments) {
  if (is_null(arguments[1])) return SqlValue(nullptr);
  const auto moment = read_moment(arguments[1], arguments.subspan(2));
  if (!moment || !is_text(arguments[0])) return std::nullopt;
  const auto first = first_day(arguments[0].text(), moment->date);
  if (!first) return std::nullopt;
  return SqlValue(text_of(*first));
}

Result truncate_datetime(Arguments arguments) {
  if (is_null(arguments[1])) return SqlValue(nullptr);
  const auto moment = read_moment(arguments[1], arguments.subspan(2));
  if (!moment || !is_text(arguments[0])) return std::nullopt;
  const auto to = arguments[0].text();
  if (const auto first = first_day(to, moment->date)) {
    return SqlValue(text_of(*first) + " 00:00:00");
  }
  if (!moment->has_time) return std::nullopt;
  const auto day = text_of(moment->date) + " ";
  if (to == "hour") return SqlValue(day + text_of(moment->hour, 0, 0));
  if (to == "minute") return SqlValue(day + text_of(moment->hour, moment->minute, 0));
  if (to == "second") {
    return SqlValue(day + text_of(moment->hour, moment->minute, moment->second));
  }
  return std::nullopt;
}

Result date_of(Arguments arguments) {
  if (is_null(arguments[0])) return SqlValue(nullptr);
  const auto moment = read_moment(arguments[0], arguments.subspan(1));
  if (!moment || !moment->has_time) return std::nullopt;
  return SqlValue(text_of(moment->date));
}

Result bit_xor(Arguments arguments) {
  if (is_null(arguments[0]) || is_null(arguments[1])) return SqlValue(nullptr);
  const bool integers =
      arguments[0].type == SqlView::Type::integer && arguments[1].type == SqlView::Type::integer;
  if (!integers) return std::nullopt;
  return SqlValue(arguments[0].integer ^ arguments[1].integer);
}

Result sign(Arguments arguments) {
  const auto& value = arguments[0];
  if (is_null(value)) return SqlValue(nullptr);
  if (value.type == SqlView::Type::integer) {
    return SqlValue(std::int64_t{value.integer > 0} - std::int64_t{value.integer < 0});
  }
  if (value.type != SqlView::Type::real) return std::nullopt;
  return SqlValue(std::int64_t{value.real > 0} - std::int64_t{value.real < 0});
}

constexpr std::array<std::pair<std::string_view, DjangoFunction>, 7> functions{{
    {"django_date_extract", &extract},
    {"django_datetime_extract", &extract},
    {"django_date_trunc", &truncate_date},
    {"django_datetime_trunc", &truncate_datetime},
    {"django_datetime_cast_date", &date_of},
    {"BITXOR", &bit_xor},
    {"SIGN", &sign},
}};

}  // namespace

DjangoFunction find_django_function(std::string_view name) {
  for (const auto& [known, function] : functions) {
    if (known == name) return function;
  }
  return nullptr;
}

}  // namespace stead
