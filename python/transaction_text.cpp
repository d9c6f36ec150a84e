#include "python/transaction_text.h"

namespace stead {

namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Words and quoted names, one after another.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  /// Passes the word if it is the next one.
  bool take(std::string_view word) {
    skip_blank();
    if (rest_.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (upper(rest_[i]) != word[i]) return false;
    }
    const auto after = rest_.substr(word.size());
    if (!after.empty() && !is_end(after.front())) return false;
    rest_ = after;
    return true;
  }

  /// A name, with or without quotes; empty if there is none.
  std::string name() {
    skip_blank();
    std::string result;
    if (rest_.empty()) return result;
    const char quote = rest_.front();
    if (quote != '"' && quote != '`' && quote != '\'') {
      const auto end = rest_.find_first_of(" \t\r\n;");
      result = rest_.substr(0, end);
      rest_ = end == rest_.npos ? "" : rest_.substr(end);
      return result;
    }
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == quote) {
        if (rest_.empty() || rest_.front() != quote) break;
        rest_.remove_prefix(1);
      }
      result += c;
    }
    return result;
  }

  bool at_end() const { return rest_.find_first_not_of(" \t\r\n;") == rest_.npos; }

 private:
  static bool is_end(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';' || c == '"' || c == '`';
  }
  void skip_blank() {
    const auto start = rest_.find_first_not_of(" \t\r\n");
    rest_ = start == rest_.npos ? "" : rest_.substr(start);
  }

  std::string_view rest_;
};

std::optional<TransactionText> complete(Words& words, TransactionText::Kind kind) {
  if (!words.at_end()) return std::nullopt;
  return TransactionText{kind};
}

std::optional<TransactionText> named(Words& words, TransactionText::Kind kind) {
  auto name = words.name();
  if (name.empty() || !words.at_end()) return std::nullopt;
  return TransactionText{kind, std::move(name)};
}

}  // namespace

std::optional<TransactionText> read_transaction_text(std::string_view sql) {
  using Kind = TransactionText::Kind;
  const auto start = sql.find_first_not_of(" \t\r\n");
  if (start == sql.npos) return std::nullopt;
  Words words(sql.substr(start));
  switch (upper(sql[start])) {
    case 'B':
      if (!words.take("BEGIN")) return std::nullopt;
      words.take("DEFERRED") || words.take("IMMEDIATE") || words.take("EXCLUSIVE");
      words.take("TRANSACTION");
      return complete(words, Kind::begin);
    case 'C':
    case 'E':
      if (!words.take("COMMIT") && !words.take("END")) return std::nullopt;
      words.take("TRANSACTION");
      return complete(words, Kind::commit);
    case 'S':
      if (!words.take("SAVEPOINT")) return std::nullopt;
      return named(words, Kind::savepoint);
    case 'R':
      if (words.take("RELEASE")) {
        words.take("SAVEPOINT");
        return named(words, Kind::release);
      }
      if (!words.take("ROLLBACK")) return std::nullopt;
      words.take("TRANSACTION");
      if (!words.take("TO")) return complete(words, Kind::rollback);
      words.take("SAVEPOINT");
      return named(words, Kind::rollback_to);
    default:
      return std::nullopt;
  }
}

}  // namespace stead
