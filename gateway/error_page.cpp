#include "gateway/error_page.h"

#include <array>

#include "actors/node.h"
#include "base/bytes.h"
#include "runtime/json_codec.h"
#include "runtime/limits.h"

namespace stead {

namespace {

struct Fields {
  std::string_view code;
  std::string_view message;
  std::string object{};
  std::string reference{};
};

Response page(int status, const Fields& fields) {
  std::string body = "{\"error\": {\"code\": ";
  json_codec::write_string(body, std::string(fields.code));
  body += ", \"message\": ";
  json_codec::write_string(body, std::string(fields.message));
  if (!fields.object.empty()) {
    body += ", \"object\": ";
    json_codec::write_string(body, fields.object);
  }
  if (!fields.reference.empty()) {
    body += ", \"reference\": ";
    json_codec::write_string(body, fields.reference);
  }
  body += "}}\n";
  return Response::json_text(std::move(body), status);
}

/// The object in the words that the client used: a worker has none, and the id of an overlong name
/// is not the client's.
std::string shown(const ObjectAddress& target) {
  if (!target.of || !target.of->info.has_storage) return {};
  if (target.name && target.name->size() > limits::name_bytes) return {};
  return target.to_string();
}

/// One line of the log, whatever the text contains.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      line += c;
    } else {
      line += "\\x" + to_hex(std::array{byte});
    }
  }
  return line;
}

Response overload_page(const Error& error, const Call& call) {
  const std::string_view message =
      error.remote() ? "an object that this one calls is overloaded; try again later"
                     : std::string_view(error.what());
  return page(503, {to_string(error.code()), message, shown(call.target())})
      .with("Retry-After", "1");
}

constexpr std::string_view broken_application =
    "the application failed; its operator finds the cause in the log under this reference";

}  // namespace

Response ErrorPages::failure(const Error& error, const Call& call) {
  const auto hide = [&](std::string_view code, std::string_view message) {
    const auto real = std::string(to_string(error.code())) + ": " + error.what();
    return hidden(code, message, real, call.target(), call.describe());
  };
  switch (error.code()) {
    case ErrorCode::http:
      if (error.status() < 400 || error.status() > 599) break;
      return page(error.status(), {"http_error", error.what(), shown(call.target())});
    case ErrorCode::overloaded:
      return overload_page(error, call);
    case ErrorCode::shutting_down:
      return page(503, {to_string(error.code()), "the server stops; try again later",
                        shown(call.target())})
          .with("Retry-After", "1");
    case ErrorCode::storage:
      return hide(to_string(error.code()),
                  "the object's storage failed; whether the request took effect is unknown");
    case ErrorCode::reset:
      return hide(to_string(error.code()),
                  "the object was reset; whether the request took effect is unknown");
    case ErrorCode::internal:
      return hide(to_string(error.code()), "the server failed");
    case ErrorCode::exception:
    case ErrorCode::type:
    case ErrorCode::range:
    case ErrorCode::sql:
    case ErrorCode::unknown_class:
    case ErrorCode::unknown_method:
    case ErrorCode::disconnected:
      break;
  }
  return hide(to_string(ErrorCode::exception), broken_application);
}

Response ErrorPages::hidden(std::string_view code, std::string_view message, std::string_view real,
                            const ObjectAddress& target, const std::string& request) {
  const auto reference = new_reference();
  const auto name = target.of ? target.to_string() : std::string("no object");
  log_.write(LogLevel::error, "reference " + reference + ": " +
                                  one_line(name + ": " + request + ": " + std::string(real)));
  return page(500, {code, message, shown(target), reference});
}

Response ErrorPages::refusal(const RouteRefusal& refusal) {
  auto response = page(refusal.status, {refusal.code, refusal.message});
  if (!refusal.allow.empty()) response.headers.append("Allow", refusal.allow);
  return response;
}

Response ErrorPages::plain(int status, std::string_view code, std::string_view message) {
  auto response = page(status, {code, message});
  if (status == 503) response.headers.append("Retry-After", "1");
  return response;
}

std::string ErrorPages::new_reference() {
  std::array<std::uint8_t, 8> bytes{};
  random_.fill(bytes);
  return to_hex(bytes);
}

}  // namespace stead
