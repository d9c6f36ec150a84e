#include "project/toml_config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

namespace stead {

namespace {

ConfigNode to_node(const toml::node& node);

ConfigNode table_node(const toml::table& table) {
  struct Member {
    toml::source_position place;
    std::string key;
    ConfigNode value;
  };
  std::vector<Member> members;
  for (const auto& [key, value] : table) {
    auto node = to_node(value);
    node.line = key.source().begin.line;
    members.push_back({key.source().begin, std::string(key.str()), std::move(node)});
  }
  // The library sorts by key.
  std::ranges::stable_sort(members, [](const Member& a, const Member& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
  ConfigNode node{.kind = ConfigNode::Kind::table};
  for (auto& member : members) {
    node.keys.push_back(std::move(member.key));
    node.values.push_back(std::move(member.value));
  }
  return node;
}

ConfigNode to_node(const toml::node& node) {
  ConfigNode result;
  if (const auto* table = node.as_table()) {
    result = table_node(*table);
  } else if (const auto* array = node.as_array()) {
    result.kind = ConfigNode::Kind::array;
    for (const auto& value : *array) result.values.push_back(to_node(value));
  } else if (const auto* text = node.as_string()) {
    result.kind = ConfigNode::Kind::text;
    result.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    result.kind = ConfigNode::Kind::integer;
    result.integer = integer->get();
  } else if (const auto* real = node.as_floating_point()) {
    result.kind = ConfigNode::Kind::real;
    result.real = real->get();
  } else if (const auto* boolean = node.as_boolean()) {
    result.kind = ConfigNode::Kind::boolean;
    result.boolean = boolean->get();
  } else {
    std::ostringstream text_of_time;
    node.visit([&](const auto& value) {
      if constexpr (requires { text_of_time << value; }) text_of_time << value;
    });
    result.kind = ConfigNode::Kind::text;
    result.text = text_of_time.str();
  }
  result.line = node.source().begin.line;
  return result;
}

}  // namespace

Result<ConfigNode> read_toml_config(std::string_view text, const std::string& path) {
  try {
    return to_node(toml::parse(text, path));
  } catch (const toml::parse_error& error) {
    return Error(ErrorCode::type, path + ":" + std::to_string(error.source().begin.line) +
                                      ": not valid TOML: " + std::string(error.description()));
  }
}

}  // namespace stead
