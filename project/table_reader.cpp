#include "project/table_reader.h"

#include <algorithm>

namespace stead {

TableReader::TableReader(const ConfigNode& table, std::string name, ConfigNotes& notes)
    : table_(&table), name_(std::move(name)), notes_(&notes) {
  if (!table.is_table()) fail_type(table, name_, "a table");
}

std::string TableReader::name_of(std::string_view key) const {
  if (name_.empty() || key.empty()) return name_ + std::string(key);
  return name_ + "." + std::string(key);
}

void TableReader::fail(std::size_t line, std::string_view key, const std::string& text) const {
  notes_->fail(line, name_of(key) + ": " + text);
}

void TableReader::fail_type(const ConfigNode& node, const std::string& name,
                            std::string_view expected) const {
  const auto where = name.empty() ? std::string() : name + ": ";
  notes_->fail(node.line, where + "expected " + std::string(expected) + ", not " +
                              std::string(node.kind_name()));
}

const ConfigNode* TableReader::node(std::string_view key) {
  asked_.emplace_back(key);
  return table_->find(key);
}

void TableReader::ignore(std::initializer_list<std::string_view> keys) {
  asked_.insert(asked_.end(), keys.begin(), keys.end());
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const auto* found = node(key);
  if (!found) return std::nullopt;
  if (found->kind != ConfigNode::Kind::text) fail_type(*found, name_of(key), "a string");
  return found->text;
}

std::string TableReader::required_text(std::string_view key) {
  auto found = text(key);
  if (!found) notes_->fail(line(), name_ + ": \"" + std::string(key) + "\" is missing");
  if (found->empty()) fail(table_->find(key)->line, key, "expected a text that is not empty");
  return *std::move(found);
}

std::string TableReader::text_or(std::string_view key, std::string_view otherwise) {
  auto found = text(key);
  return found ? *std::move(found) : std::string(otherwise);
}

std::string TableReader::choice(std::string_view key,
                                std::initializer_list<std::string_view> choices) {
  auto found = text(key);
  if (!found) return std::string(*choices.begin());
  if (std::ranges::find(choices, *found) != choices.end()) return *std::move(found);
  std::string all;
  for (const auto choice : choices) {
    all += (all.empty() ? "\"" : ", \"") + std::string(choice) + "\"";
  }
  fail(table_->find(key)->line, key, "expected one of " + all + ", not \"" + *found + "\"");
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  const auto* found = node(key);
  if (!found) return {};
  if (!found->is_array()) fail_type(*found, name_of(key), "an array of strings");
  std::vector<std::string> all;
  for (const auto& each : found->values) {
    if (each.kind != ConfigNode::Kind::text) fail_type(each, name_of(key), "strings");
    all.push_back(each.text);
  }
  return all;
}

std::vector<std::string> TableReader::text_or_texts(std::string_view key) {
  const auto* found = node(key);
  if (found && found->kind == ConfigNode::Kind::text) return {found->text};
  return texts(key);
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t least,
                                                 std::int64_t most) {
  const auto* found = node(key);
  if (!found) return std::nullopt;
  if (found->kind != ConfigNode::Kind::integer) fail_type(*found, name_of(key), "an integer");
  if (found->integer < least || found->integer > most) {
    fail(found->line, key,
         "expected " + std::to_string(least) + " to " + std::to_string(most) + ", not " +
             std::to_string(found->integer));
  }
  return found->integer;
}

std::optional<TableReader> TableReader::table(std::string_view key) {
  const auto* found = node(key);
  if (!found) return std::nullopt;
  return TableReader(*found, name_of(key), *notes_);
}

std::vector<TableReader> TableReader::tables(std::string_view key) {
  const auto* found = node(key);
  if (!found) return {};
  if (!found->is_array()) fail_type(*found, name_of(key), "an array of tables");
  std::vector<TableReader> all;
  for (std::size_t i = 0; i < found->values.size(); ++i) {
    all.emplace_back(found->values[i], name_of(key) + "[" + std::to_string(i) + "]", *notes_);
  }
  return all;
}

void TableReader::finish() {
  for (std::size_t i = 0; i < table_->keys.size(); ++i) {
    const auto& key = table_->keys[i];
    if (std::ranges::find(asked_, key) != asked_.end()) continue;
    notes_->warn(table_->values[i].line, "unknown key \"" + name_of(key) + "\" is ignored");
  }
}

}  // namespace stead
