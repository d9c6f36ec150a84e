#include "project/config_node.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stead {

namespace {

nlohmann::ordered_json to_json(const ConfigNode& node) {
  switch (node.kind) {
    case ConfigNode::Kind::null:
      return nullptr;
    case ConfigNode::Kind::boolean:
      return node.boolean;
    case ConfigNode::Kind::integer:
      return node.integer;
    case ConfigNode::Kind::real:
      return node.real;
    case ConfigNode::Kind::text:
      return node.text;
    case ConfigNode::Kind::array: {
      auto array = nlohmann::ordered_json::array();
      for (const auto& value : node.values) array.push_back(to_json(value));
      return array;
    }
    case ConfigNode::Kind::table: {
      auto table = nlohmann::ordered_json::object();
      for (std::size_t i = 0; i < node.keys.size(); ++i) {
        table[node.keys[i]] = to_json(node.values[i]);
      }
      return table;
    }
  }
  return nullptr;
}

}  // namespace

const ConfigNode* ConfigNode::find(std::string_view key) const {
  const auto found = std::ranges::find(keys, key);
  return found == keys.end() ? nullptr : &values[static_cast<std::size_t>(found - keys.begin())];
}

void ConfigNode::set(std::string_view key, ConfigNode value) {
  const auto found = std::ranges::find(keys, key);
  if (found != keys.end()) {
    values[static_cast<std::size_t>(found - keys.begin())] = std::move(value);
    return;
  }
  keys.emplace_back(key);
  values.push_back(std::move(value));
}

std::string_view ConfigNode::kind_name() const {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
      return "an integer";
    case Kind::real:
      return "a number";
    case Kind::text:
      return "a string";
    case Kind::array:
      return "an array";
    case Kind::table:
      return "a table";
  }
  return "";
}

std::string to_json_text(const ConfigNode& node) {
  return to_json(node).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace stead
