#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "runtime/body_stream.h"
#include "runtime/headers.h"

namespace stead {

/// One HTTP response, whole or with a body that comes in chunks. A plain value. The gateway adds
/// `Date`, `Server`, and `Content-Length` where the body is whole.
struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
  /// If set, the body, in place of `body`. A `Content-Length` among the headers is kept to: chunks
  /// beyond it are cut off, and a stream that ends short of it is broken off.
  BodyStream stream{};

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
  /// A body that is made while it is sent, as fast as the client takes it:
  ///
  ///     return Response::streamed("text/csv", [this, row = 0]() mutable { return line(row++); });
  ///
  /// where `line` gives a `Task<std::optional<std::string>>`, at the end with nothing. The function
  /// lives as long as the stream. See `BodySource` for when it is called.
  template <ChunkFunction Next>
  static Response streamed(std::string content_type, Next next, int status = 200) {
    return streamed(std::move(content_type), BodyStream(std::move(next)), status);
  }
  static Response streamed(std::string content_type, BodyStream stream, int status = 200);

  /// Adds a header field: `return Response::text("x").with("Cache-Control", "no-store");`
  Response with(std::string name, std::string value) && {
    headers.append(std::move(name), std::move(value));
    return std::move(*this);
  }
};

}  // namespace stead
