#include "runtime/json_codec.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace stead::json_codec {

namespace {

[[noreturn]] void wrong_type(const std::string& where, const char* expected,
                             const nlohmann::json& value) {
  throw TypeError(where + " must be " + expected + ", not " + value.type_name());
}

}  // namespace

bool read_bool(const nlohmann::json& value, const std::string& where) {
  if (!value.is_boolean()) wrong_type(where, "a boolean", value);
  return value.get<bool>();
}

std::int64_t read_integer(const nlohmann::json& value, const std::string& where) {
  if (value.is_number_unsigned()) {
    const auto wide = value.get<std::uint64_t>();
    if (!std::in_range<std::int64_t>(wide)) {
      throw RangeError(where + " does not fit a signed 64-bit integer");
    }
    return static_cast<std::int64_t>(wide);
  }
  if (!value.is_number_integer()) {
    if (value.is_number()) {
      throw TypeError(where + " must be an integer, not a fraction");
    }
    wrong_type(where, "an integer", value);
  }
  return value.get<std::int64_t>();
}

double read_number(const nlohmann::json& value, const std::string& where) {
  if (!value.is_number()) wrong_type(where, "a number", value);
  return value.get<double>();
}

std::string read_string(const nlohmann::json& value, const std::string& where) {
  if (!value.is_string()) wrong_type(where, "a string", value);
  return value.get<std::string>();
}

bool is_null(const nlohmann::json& value) { return value.is_null(); }

std::size_t array_size(const nlohmann::json& value, const std::string& where) {
  if (!value.is_array()) wrong_type(where, "an array", value);
  return value.size();
}

const nlohmann::json& array_at(const nlohmann::json& value, std::size_t index) {
  return value.at(index);
}

std::vector<std::string> object_keys(const nlohmann::json& value, const std::string& where) {
  if (!value.is_object()) wrong_type(where, "an object", value);
  std::vector<std::string> keys;
  for (const auto& item : value.items()) keys.push_back(item.key());
  return keys;
}

const nlohmann::json& object_at(const nlohmann::json& value, const std::string& key) {
  return value.at(key);
}

void write_integer(std::string& out, std::int64_t value) { out += std::to_string(value); }

void write_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";  // as JSON has no such number
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

void write_string(std::string& out, const std::string& value) {
  out += nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void out_of_range(const std::string& where, std::int64_t value) {
  throw RangeError(where + " is out of range: " + std::to_string(value));
}

void wrong_count(const std::string& method, std::size_t expected, std::size_t given) {
  throw TypeError(method + " takes " + std::to_string(expected) + " argument" +
                  (expected == 1 ? "" : "s") + ", not " + std::to_string(given));
}

}  // namespace stead::json_codec
