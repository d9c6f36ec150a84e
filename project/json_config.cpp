#include "project/json_config.h"

#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

namespace stead {

namespace {

Error at_line(const std::string& path, std::size_t line, const std::string& message) {
  return Error(ErrorCode::type, path + ":" + std::to_string(line) + ": " + message);
}

/// JSONC as JSON of the same length and lines: what JSON has not becomes spaces.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text) {}

  std::string take() && {
    if (text_.starts_with("\xef\xbb\xbf")) blank(3);
    while (at_ < text_.size()) step();
    return std::move(text_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '"') return skip_string();
    if (text_.compare(at_, 2, "//") == 0) return blank_until(text_.find('\n', at_));
    if (text_.compare(at_, 2, "/*") == 0) {
      const auto end = text_.find("*/", at_ + 2);
      return blank_until(end == text_.npos ? end : end + 2);
    }
    if ((c == '}' || c == ']') && comma_ != text_.npos) text_[comma_] = ' ';
    if (c == ',') {
      comma_ = at_;
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      comma_ = text_.npos;
    }
    ++at_;
  }

  void skip_string() {
    comma_ = text_.npos;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void blank_until(std::size_t end) { blank(std::min(end, text_.size()) - at_); }

  void blank(std::size_t count) {
    for (; count > 0; --count, ++at_) {
      if (text_[at_] != '\n') text_[at_] = ' ';
    }
  }

  std::string text_;
  std::size_t at_ = 0;
  /// A comma that nothing has followed yet.
  std::size_t comma_ = std::string::npos;
};

/// Reads a text and keeps count of its lines, so that the parser's events have a place.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* line) : at_(at), line_(line) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_++ == '\n') ++*line_;
    return *this;
  }
  CountingIterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  std::size_t* line_;
};

/// Builds the tree from the parser's events.
class Builder : public nlohmann::json::json_sax_t {
 public:
  Builder(const std::string& path, const std::size_t& line) : path_(path), line_(line) {}

  bool null() override { return add({}); }
  bool boolean(bool value) override {
    return add({.kind = ConfigNode::Kind::boolean, .boolean = value});
  }
  bool number_integer(number_integer_t value) override {
    return add({.kind = ConfigNode::Kind::integer, .integer = value});
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value <= static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return number_integer(static_cast<number_integer_t>(value));
    }
    return number_float(static_cast<double>(value), {});
  }
  bool number_float(number_float_t value, const string_t&) override {
    return add({.kind = ConfigNode::Kind::real, .real = value});
  }
  bool string(string_t& value) override {
    return add({.kind = ConfigNode::Kind::text, .text = std::move(value)});
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(ConfigNode::Kind::table); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(ConfigNode::Kind::array); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    open_.back().key = std::move(value);
    open_.back().key_line = line_;
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 3, column 1: what is wrong"
    std::string what = error.what();
    if (const auto place = what.find(": "); place != what.npos) what.erase(0, place + 2);
    error_ = at_line(path_, line_, "not valid JSON: " + what);
    return false;
  }

  Result<ConfigNode> take() && {
    if (error_) return *error_;
    return std::move(root_);
  }

 private:
  struct Open {
    ConfigNode node;
    std::string key{};
    std::size_t key_line = 0;
  };

  bool open(ConfigNode::Kind kind) {
    if (open_.size() == max_config_depth) {
      error_ = at_line(path_, line_, "nested deeper than " + std::to_string(max_config_depth));
      return false;
    }
    open_.push_back({{.kind = kind, .line = line_}});
    return true;
  }

  bool close() {
    auto node = std::move(open_.back().node);
    open_.pop_back();
    return keep(std::move(node));
  }

  bool add(ConfigNode node) {
    node.line = line_;
    return keep(std::move(node));
  }

  bool keep(ConfigNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (auto& [parent, key, key_line] = open_.back(); parent.is_table()) {
      node.line = key_line;
      parent.set(key, std::move(node));
    } else {
      parent.values.push_back(std::move(node));
    }
    return true;
  }

  const std::string& path_;
  const std::size_t& line_;
  ConfigNode root_;
  std::vector<Open> open_;
  std::optional<Error> error_;
};

}  // namespace

Result<ConfigNode> read_json_config(std::string_view text, const std::string& path) {
  const auto json = Blanker(text).take();
  std::size_t line = 1;
  Builder builder(path, line);
  nlohmann::json::sax_parse(CountingIterator(json.data(), &line),
                            CountingIterator(json.data() + json.size(), &line), &builder);
  return std::move(builder).take();
}

}  // namespace stead
