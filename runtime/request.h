#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/body_stream.h"
#include "runtime/headers.h"

namespace stead {

/// One HTTP request. The body has been read, unless the class asked for streams. A plain value; a
/// handler owns it.
struct Request {
  std::string method = "GET";
  /// Path and query as sent, e.g. "/rooms/blue?since=3". Nothing is decoded.
  std::string target = "/";
  Headers headers{};
  std::string body{};
  /// What the route's `{words}` matched, decoded.
  std::vector<std::pair<std::string, std::string>> params{};
  /// If set, the body, in place of `body`. In `Stub::fetch`, a stream of one's own or one that was
  /// received; it comes to a class that has `streams_requests`, the others get it whole in `body`.
  BodyStream stream{};
  /// The client's IP address as text; empty if the request was made by an object.
  std::string client_address{};
  /// "http" or "https": what the client spoke.
  std::string_view scheme = "http";

  /// The target up to the question mark, as sent.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  /// The text behind the question mark, as sent; empty if there is none.
  std::string_view query() const;
  /// A query parameter, decoded. Nothing if absent or malformed.
  std::optional<std::string> query(std::string_view name) const;
  /// What `{name}` of the route matched, decoded. Throws `RangeError` if the route has no such
  /// word.
  const std::string& param(std::string_view name) const;
  std::optional<std::string_view> header(std::string_view name) const { return headers.get(name); }
  /// The host that the client wanted, with its port if it named one, e.g. "example.com:8080".
  std::string_view host() const { return header("Host").value_or(std::string_view()); }

  static Request get(std::string target) { return {.target = std::move(target)}; }
  static Request post(std::string target, std::string body = {}) {
    return {.method = "POST", .target = std::move(target), .body = std::move(body)};
  }
};

}  // namespace stead
