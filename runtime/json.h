#pragma once

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "runtime/json_codec.h"
#include "runtime/request.h"
#include "storage/kv.h"

// For authors who handle JSON: JSON values in responses, bodies, stored keys, and the arguments and
// results of named methods. Costs about two seconds of compile time, so it is included by choice.

namespace stead {

using Json = nlohmann::json;

/// The body of a request as JSON. Throws `HttpError` with status 400 that tells the position of the
/// mistake.
inline Json json_body(const Request& request) {
  try {
    return Json::parse(request.body);
  } catch (const Json::parse_error& error) {
    throw HttpError(400, "the body is not JSON: error at byte " + std::to_string(error.byte));
  }
}

/// nlohmann::json itself, and types that have `to_json` and `from_json`.
template <class T>
  requires std::same_as<T, Json> ||
           (std::is_class_v<T> && std::is_default_constructible_v<T> &&
            requires(const Json& json, T& value) { from_json(json, value); })
struct JsonCodec<T> {
  static T read(const Json& value, const std::string& where) {
    try {
      return value.get<T>();
    } catch (const Json::exception& error) {
      throw TypeError(where + ": " + error.what());
    }
  }
  static void write(std::string& out, const T& value) {
    out += Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
};

}  // namespace stead
