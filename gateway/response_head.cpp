#include "gateway/response_head.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

#include "runtime/headers.h"

namespace stead {

namespace {

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f &&
           std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
  });
}

bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t';
  });
}

/// Fields that say where the response ends and what becomes of the connection.
bool is_framing(std::string_view name) {
  switch (name.size()) {
    case 7:
      return equal_ignoring_case(name, "trailer");
    case 10:
      return equal_ignoring_case(name, "connection") || equal_ignoring_case(name, "keep-alive");
    case 14:
      return equal_ignoring_case(name, "content-length");
    case 16:
      return equal_ignoring_case(name, "proxy-connection");
    case 17:
      return equal_ignoring_case(name, "transfer-encoding");
    default:
      return false;
  }
}

void append_end(std::string& out, const Response& response, const Framing& framing) {
  if (framing.end == Framing::End::close) return;
  if (framing.end == Framing::End::chunks) {
    out += "\r\nTransfer-Encoding: chunked";
    return;
  }
  out += "\r\nContent-Length: ";
  append_number(out, framing.end == Framing::End::given_size ? framing.size : response.body.size());
}

}  // namespace

bool has_body(int status) { return status != 204 && status != 304; }

std::optional<std::string> append_head(std::string& out, const Response& response,
                                       const Framing& framing) {
  if (response.status < 200 || response.status > 599) {
    return "the response has the status " + std::to_string(response.status) +
           ": use one from 200 to 599";
  }
  const auto status = static_cast<unsigned>(response.status);
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  out += "HTTP/1.1 ";
  append_number(out, status);
  out += ' ';
  out.append(reason.data(), reason.size());
  bool has_date = false;
  bool has_server = false;
  for (const auto& [name, value] : response.headers) {
    if (!is_name(name)) return "the response has a header whose name is no token: \"" + name + "\"";
    if (!is_value(value)) {
      return "the response's header " + name + " has a line break or another control character";
    }
    if (is_framing(name)) continue;
    has_date = has_date || equal_ignoring_case(name, "date");
    has_server = has_server || equal_ignoring_case(name, "server");
    out.append("\r\n").append(name).append(": ").append(value);
  }
  if (!has_server) out += "\r\nServer: stead";
  if (!has_date) out.append("\r\nDate: ").append(framing.date);
  if (has_body(response.status)) append_end(out, response, framing);
  if (!framing.keep_alive) {
    out += "\r\nConnection: close";
  } else if (framing.http10) {
    out += "\r\nConnection: keep-alive";
  }
  out += "\r\n\r\n";
  return std::nullopt;
}

}  // namespace stead
