#include "cli/query_output.h"

#include <cstdio>

#include "cli/text.h"

namespace stead {

namespace {

void print(const std::string& line) { std::puts(line.c_str()); }

std::string value_text(const std::optional<std::string>& value) {
  return value ? escape_control(*value) : "NULL";
}

}  // namespace

void print_table(const QueryTable& table) {
  std::string line;
  for (const auto& column : table.columns) {
    line += (line.empty() ? "" : "\t") + escape_control(column);
  }
  if (!table.columns.empty()) print(line);
  for (const auto& row : table.rows) {
    line.clear();
    for (std::size_t i = 0; i < row.size(); ++i) line += (i > 0 ? "\t" : "") + value_text(row[i]);
    print(line);
  }
}

}  // namespace stead
