#include "project/dotenv.h"

#include <algorithm>

#include "project/table_reader.h"

namespace stead {

namespace {

constexpr std::string_view blanks = " \t\r";

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char c = text[++i];
    switch (c) {
      case 'n':
        plain += '\n';
        break;
      case 'r':
        plain += '\r';
        break;
      case 't':
        plain += '\t';
        break;
      case '"':
      case '\\':
        plain += c;
        break;
      default:
        (plain += '\\') += c;
    }
  }
  return plain;
}

class Reader {
 public:
  Reader(std::string_view text, ConfigNotes& notes) : rest_(text), notes_(notes) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }

  std::vector<std::pair<std::string, std::string>> read() {
    while (!rest_.empty()) read_line();
    return std::move(found_);
  }

 private:
  void read_line() {
    skip(blanks);
    if (rest_.starts_with("export ") || rest_.starts_with("export\t")) {
      rest_.remove_prefix(7);
      skip(blanks);
    }
    if (rest_.empty() || rest_.front() == '\n' || rest_.front() == '#') return skip_line();
    const auto end = std::ranges::find_if_not(rest_, is_name_char) - rest_.begin();
    const auto name = rest_.substr(0, static_cast<std::size_t>(end));
    rest_.remove_prefix(name.size());
    skip(blanks);
    if (name.empty() || rest_.empty() || rest_.front() != '=') {
      notes_.warn(line_, "expected NAME=value; the line is left out");
      return skip_line();
    }
    rest_.remove_prefix(1);
    skip(blanks);
    keep(name, read_value());
    skip_line();
  }

  std::string read_value() {
    const char quote = rest_.empty() ? '\n' : rest_.front();
    if (quote == '"' || quote == '\'' || quote == '`') {
      if (const auto end = closing(quote); end != rest_.npos) {
        const auto inside = rest_.substr(1, end - 1);
        line_ += static_cast<std::size_t>(std::ranges::count(inside, '\n'));
        rest_.remove_prefix(end + 1);
        return quote == '"' ? unescape(inside) : std::string(inside);
      }
      notes_.warn(line_, "a quote is not closed; it counts as part of the value");
    }
    auto value = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '#' && (i == 0 || blanks.find(value[i - 1]) != blanks.npos)) {
        value = value.substr(0, i);
      }
    }
    const auto last = value.find_last_not_of(blanks);
    return std::string(value.substr(0, last == value.npos ? 0 : last + 1));
  }

  std::size_t closing(char quote) const {
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (quote == '"' && rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == quote) {
        return i;
      }
    }
    return rest_.npos;
  }

  void keep(std::string_view name, std::string value) {
    std::erase_if(found_, [&](const auto& pair) { return pair.first == name; });
    found_.emplace_back(name, std::move(value));
  }

  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }

  void skip_line() {
    rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    if (rest_.empty()) return;
    rest_.remove_prefix(1);
    ++line_;
  }

  std::string_view rest_;
  ConfigNotes& notes_;
  std::size_t line_ = 1;
  std::vector<std::pair<std::string, std::string>> found_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> read_dotenv(std::string_view text,
                                                             ConfigNotes& notes) {
  return Reader(text, notes).read();
}

}  // namespace stead
