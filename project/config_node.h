#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stead {

/// One value of a configuration file, whatever the file's language, with the line it stands on.
/// A plain value; members keep the order of the file.
struct ConfigNode {
  enum class Kind { null, boolean, integer, real, text, array, table };

  Kind kind = Kind::null;
  std::size_t line = 0;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text{};
  /// Of a table: the keys of `values`.
  std::vector<std::string> keys{};
  std::vector<ConfigNode> values{};

  bool is_table() const { return kind == Kind::table; }
  bool is_array() const { return kind == Kind::array; }
  /// Null if it is no table or has no such key.
  const ConfigNode* find(std::string_view key) const;
  /// Adds a member, or replaces it.
  void set(std::string_view key, ConfigNode value);
  /// "a string", "an array", ...
  std::string_view kind_name() const;
};

/// How deep tables and arrays may be nested: more is an error of the file.
inline constexpr std::size_t max_config_depth = 64;

/// The value as JSON.
std::string to_json_text(const ConfigNode& node);

}  // namespace stead
