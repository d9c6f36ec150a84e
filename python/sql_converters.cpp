#include "python/sql_converters.h"

#include <datetime.h>

#include <deque>
#include <string>

namespace stead {

namespace {

struct Entry {
  std::string type;
  SqlConverter converter;
};

/// Never freed: the interpreter ends before the process's statics.
auto& entries() {
  static auto* list = new std::deque<Entry>;
  return *list;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_type(std::string_view lower_case, std::string_view type) {
  if (lower_case.size() != type.size()) return false;
  for (std::size_t i = 0; i < type.size(); ++i) {
    if (lower(type[i]) != lower_case[i]) return false;
  }
  return true;
}

/// Digits at fixed places of a text.
class Digits {
 public:
  explicit Digits(std::string_view text) : text_(text) {}

  int number(std::size_t at, std::size_t length) {
    int value = 0;
    for (std::size_t i = at; i < at + length; ++i) {
      const auto digit = static_cast<unsigned>(text_[i] - '0');
      good_ = good_ && digit <= 9;
      value = value * 10 + static_cast<int>(digit);
    }
    return value;
  }
  void expect(std::size_t at, char c) { good_ = good_ && text_[at] == c; }
  bool good() const { return good_; }

 private:
  std::string_view text_;
  bool good_ = true;
};

struct Date {
  int year, month, day;
};

struct Time {
  int hour, minute, second, microsecond;
};

Date read_date(Digits& digits) {
  digits.expect(4, '-');
  digits.expect(7, '-');
  return {digits.number(0, 4), digits.number(5, 2), digits.number(8, 2)};
}

Time read_time(Digits& digits, std::size_t at, std::size_t length) {
  digits.expect(at + 2, ':');
  digits.expect(at + 5, ':');
  Time time{digits.number(at, 2), digits.number(at + 3, 2), digits.number(at + 6, 2), 0};
  if (length == 15) {
    digits.expect(at + 8, '.');
    time.microsecond = digits.number(at + 9, 6);
  }
  return time;
}

bool is_time_length(std::size_t length) { return length == 8 || length == 15; }

/// Null, without an exception, if the text has another form or names no such day or time.
PyObject* parse(SqlConverter::Kind kind, std::string_view text) {
  Digits digits(text);
  PyObject* result = nullptr;
  if (kind == SqlConverter::Kind::date && text.size() == 10) {
    const auto date = read_date(digits);
    if (digits.good()) result = PyDate_FromDate(date.year, date.month, date.day);
  } else if (kind == SqlConverter::Kind::time && is_time_length(text.size())) {
    const auto time = read_time(digits, 0, text.size());
    if (digits.good()) {
      result = PyTime_FromTime(time.hour, time.minute, time.second, time.microsecond);
    }
  } else if (kind == SqlConverter::Kind::datetime && text.size() > 11 &&
             is_time_length(text.size() - 11)) {
    const auto date = read_date(digits);
    const auto time = read_time(digits, 11, text.size() - 11);
    const bool apart = text[10] == ' ' || text[10] == 'T';
    if (digits.good() && apart) {
      result = PyDateTime_FromDateAndTime(date.year, date.month, date.day, time.hour, time.minute,
                                          time.second, time.microsecond);
    }
  }
  if (!result) PyErr_Clear();
  return result;
}

SqlConverter::Kind kind_of(std::string_view word) {
  if (word == "bool") return SqlConverter::Kind::boolean;
  if (word == "date") return SqlConverter::Kind::date;
  if (word == "time") return SqlConverter::Kind::time;
  if (word == "datetime") return SqlConverter::Kind::datetime;
  return SqlConverter::Kind::call;
}

}  // namespace

void register_converter(std::string_view type, py::object call, std::string_view kind) {
  if (!PyDateTimeAPI) {
    PyDateTime_IMPORT;
    if (!PyDateTimeAPI) throw py::error_already_set();
  }
  std::string name;
  for (const char c : type) name += lower(c);
  SqlConverter converter{kind_of(kind), std::move(call)};
  for (auto& entry : entries()) {
    if (entry.type == name) {
      entry.converter = std::move(converter);
      return;
    }
  }
  entries().push_back({std::move(name), std::move(converter)});
}

const SqlConverter* find_converter(std::string_view declared_type) {
  const auto type = declared_type.substr(0, declared_type.find_first_of(" ("));
  if (type.empty()) return nullptr;
  for (const auto& entry : entries()) {
    if (same_type(entry.type, type)) return &entry.converter;
  }
  return nullptr;
}

PyObject* convert(const SqlConverter& converter, const StatementRun& run, int column) {
  const auto text = run.column_text(column);
  if (converter.kind == SqlConverter::Kind::boolean) return PyBool_FromLong(text == "1");
  if (converter.kind != SqlConverter::Kind::call) {
    if (auto* result = parse(converter.kind, text)) return result;
  }
  const auto bytes = py::reinterpret_steal<py::object>(
      PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
  if (!bytes) return nullptr;
  return PyObject_CallOneArg(converter.call.ptr(), bytes.ptr());
}

}  // namespace stead
