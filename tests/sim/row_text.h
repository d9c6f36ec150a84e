#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stead::test {

/// Rows of any database as text that is equal if and only if the rows are.
///
/// Thread: one.
class RowText {
 public:
  void null() { text_ += "~|"; }
  void integer(std::int64_t value) { (text_ += std::to_string(value)) += '|'; }
  void real(double value) { (text_ += 'r' + std::to_string(value)) += '|'; }
  void text(std::string_view value) { bytes('\'', value); }
  void blob(std::string_view value) { bytes('x', value); }
  void end_row() { text_ += '\n'; }
  void title(std::string_view name) { ((text_ += '[') += name) += "]\n"; }

  std::string take() { return std::move(text_); }

 private:
  void bytes(char kind, std::string_view value) {
    // With the length in front no content can pass for something else.
    text_ += kind;
    text_ += std::to_string(value.size());
    ((text_ += ':') += value) += '|';
  }

  std::string text_;
};

}  // namespace stead::test
