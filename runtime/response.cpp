#include "runtime/response.h"

#include <nlohmann/json.hpp>

namespace stead {

namespace {

Response typed(std::string body, int status, std::string type) {
  return {
      .status = status, .headers = {{"Content-Type", std::move(type)}}, .body = std::move(body)};
}

}  // namespace

Response Response::text(std::string body, int status) {
  return typed(std::move(body), status, "text/plain; charset=utf-8");
}

Response Response::html(std::string body, int status) {
  return typed(std::move(body), status, "text/html; charset=utf-8");
}

Response Response::bytes(Bytes body, std::string content_type) {
  return typed(std::string(body.begin(), body.end()), 200, std::move(content_type));
}

Response Response::json(const nlohmann::json& value, int status) {
  return json_text(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), status);
}

Response Response::json_text(std::string text, int status) {
  return typed(std::move(text), status, "application/json");
}

Response Response::redirect(std::string location, int status) {
  return {.status = status, .headers = {{"Location", std::move(location)}}};
}

Response Response::streamed(std::string content_type, BodyStream stream, int status) {
  auto response = typed({}, status, std::move(content_type));
  response.stream = std::move(stream);
  return response;
}

}  // namespace stead
