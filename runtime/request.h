#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/headers.h"

namespace stead {

/// One HTTP request, whole: the body has been read. A plain value; a handler owns it.
struct Request {
  std::string method = "GET";
  /// Path and query as sent, e.g. "/rooms/blue?since=3". Nothing is decoded.
  std::string target = "/";
  Headers headers{};
  std::string body{};
  /// What the route's `{words}` matched, decoded.
  std::vector<std::pair<std::string, std::string>> params{};

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

  static Request get(std::string target) { return {.target = std::move(target)}; }
  static Request post(std::string target, std::string body = {}) {
    return {.method = "POST", .target = std::move(target), .body = std::move(body)};
  }
};

}  // namespace stead
