#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "project/config_node.h"

namespace stead {

/// The file being read, and what there is to say of it that stops nothing.
struct ConfigNotes {
  std::string path;
  std::vector<std::string> warnings{};

  void warn(std::size_t line, const std::string& text) {
    warnings.push_back(path + ":" + std::to_string(line) + ": " + text);
  }
  [[noreturn]] void fail(std::size_t line, const std::string& text) const {
    throw TypeError(path + ":" + std::to_string(line) + ": " + text);
  }
};

/// Reads one table of a configuration by key. A value of the wrong type is an error that names its
/// place: "wrangler.toml:7: assets.directory: expected a string, not an integer". What nobody has
/// asked for by `finish` is a warning.
///
/// Thread: one. Lifetime: within the call that reads the file. Fails: throws TypeError.
class TableReader final {
 public:
  /// `name`: of the table, for messages; empty for the file itself.
  TableReader(const ConfigNode& table, std::string name, ConfigNotes& notes);

  std::optional<std::string> text(std::string_view key);
  /// Fails if it is missing or empty.
  std::string required_text(std::string_view key);
  std::string text_or(std::string_view key, std::string_view otherwise);
  /// One of `choices`, or the first of them.
  std::string choice(std::string_view key, std::initializer_list<std::string_view> choices);
  std::vector<std::string> texts(std::string_view key);
  /// A string counts as an array of one.
  std::vector<std::string> text_or_texts(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<TableReader> table(std::string_view key);
  std::vector<TableReader> tables(std::string_view key);
  /// Whatever it is; null if there is none.
  const ConfigNode* node(std::string_view key);
  /// Keys that mean nothing here and that nobody need be told of.
  void ignore(std::initializer_list<std::string_view> keys);
  /// Warns of each key that was not asked for.
  void finish();

  std::size_t line() const { return table_->line; }
  std::string name_of(std::string_view key) const;
  [[noreturn]] void fail(std::size_t line, std::string_view key, const std::string& text) const;

 private:
  [[noreturn]] void fail_type(const ConfigNode& node, const std::string& name,
                              std::string_view expected) const;

  const ConfigNode* table_;
  std::string name_;
  ConfigNotes* notes_;
  std::vector<std::string> asked_{};
};

}  // namespace stead
