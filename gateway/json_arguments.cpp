#include "gateway/json_arguments.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stead {

namespace {

/// Deeper values would overflow the stack of whoever writes them out again.
constexpr int max_depth = 256;

bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max_depth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

std::string position(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, std::min(text.size(), byte > 0 ? byte - 1 : 0));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto newline = before.rfind('\n');
  const auto column = before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
  return "byte " + std::to_string(byte) + " (line " + std::to_string(line) + ", column " +
         std::to_string(column) + ")";
}

/// The parser's own words, without its names and its way to tell the position.
std::string reason(std::string_view what) {
  const auto start = what.find("syntax error");
  return std::string(start == std::string_view::npos ? "syntax error" : what.substr(start));
}

}  // namespace

Result<std::unique_ptr<nlohmann::json>> parse_arguments(std::string_view body) {
  auto json = std::make_unique<nlohmann::json>(nlohmann::json::array());
  if (body.empty()) return json;
  if (is_too_deep(body)) {
    return HttpError(400,
                     "the body is nested more than " + std::to_string(max_depth) + " levels deep");
  }
  try {
    *json = nlohmann::json::parse(body);
  } catch (const nlohmann::json::parse_error& error) {
    return HttpError(400, "the body is not valid JSON at " + position(body, error.byte) + ": " +
                              reason(error.what()));
  } catch (const nlohmann::json::exception& error) {  // a number that no double holds
    return HttpError(400, std::string("the body is not usable JSON: ") + error.what());
  }
  if (!json->is_array()) {
    return HttpError(400, std::string("the body must be a JSON array of arguments, not ") +
                              json->type_name() + ": write [1, \"two\"]");
  }
  return json;
}

}  // namespace stead
