#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "runtime/headers.h"

namespace stead {

/// One HTTP response, whole. A plain value. The gateway adds `Content-Length`, `Date` and
/// `Server`.
struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};

  static Response text(std::string body, int status = 200);
  static Response html(std::string body, int status = 200);
  static Response bytes(Bytes body, std::string content_type = "application/octet-stream");
  /// Include "runtime/json.h" to call this.
  static Response json(const nlohmann::json& value, int status = 200);
  /// A body that is JSON text already.
  static Response json_text(std::string text, int status = 200);
  /// `status` is one of 301, 302, 303, 307 and 308.
  static Response redirect(std::string location, int status = 302);
  static Response empty(int status = 204) { return {.status = status}; }

  /// Adds a header field: `return Response::text("x").with("Cache-Control", "no-store");`
  Response with(std::string name, std::string value) && {
    headers.append(std::move(name), std::move(value));
    return std::move(*this);
  }
};

}  // namespace stead
