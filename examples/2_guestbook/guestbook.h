#pragma once

#include <string>
#include <string_view>

#include "runtime/json.h"
#include "runtime/stead.h"
#include "runtime/url.h"

/// A guestbook for every name, each with a database of its own: SQL per tenant.
///
///     GET  …           an HTML page with a form
///     GET  …/entries   the newest entries as JSON
///     POST …           an entry, as a form or as JSON {"author", "text"}
class Guestbook final : public stead::DurableObject {
 public:
  using DurableObject::DurableObject;
  static constexpr auto migrations = std::to_array<const char*>({
      "CREATE TABLE entry(id INTEGER PRIMARY KEY, author TEXT NOT NULL, text TEXT NOT NULL, "
      "  written INTEGER NOT NULL)",
  });

  stead::Task<stead::Response> fetch(stead::Request request) override {
    if (request.method == "POST") return sign(request);
    if (request.path().ends_with("/entries")) return stead::Response::json(entries());
    return page();
  }

 private:
  static constexpr std::size_t max_author = 100;
  static constexpr std::size_t max_text = 2'000;
  static constexpr int page_size = 50;

  stead::Response sign(const stead::Request& request) {
    const auto type = request.header("Content-Type").value_or("");
    const bool is_json = type.starts_with("application/json");
    const auto author = is_json ? json_field(request, "author") : form_field(request, "author");
    const auto text = is_json ? json_field(request, "text") : form_field(request, "text");
    check_length("author", author, max_author);
    check_length("text", text, max_text);
    const auto id = sql().one<std::int64_t>(
        "INSERT INTO entry(author, text, written) VALUES(?, ?, ?) RETURNING id", author, text,
        state().now().time_since_epoch().count());
    if (is_json) return stead::Response::json({{"id", id}}, 201);
    return stead::Response::redirect(std::string(request.path()), 303);
  }

  stead::Json entries() {
    auto list = stead::Json::array();
    for (const auto& [id, author, text, written] : newest()) {
      list.push_back({{"id", id}, {"author", author}, {"text", text}, {"written", written}});
    }
    return list;
  }

  stead::Response page() {
    std::string body =
        "<!doctype html><meta charset=utf-8><title>Guestbook</title><h1>Guestbook of " +
        escape(name()) +
        "</h1><form method=post><p><input name=author placeholder=Name required>"
        "<p><textarea name=text required></textarea><p><button>Sign</button></form>";
    for (const auto& [id, author, text, written] : newest()) {
      body += "<article><h2>" + escape(author) + "</h2><p>" + escape(text) + "</article>";
    }
    // Whatever slips through the escaping must not run.
    return stead::Response::html(std::move(body))
        .with("Content-Security-Policy", "default-src 'none'; form-action 'self'");
  }

  std::vector<std::tuple<std::int64_t, std::string, std::string, std::int64_t>> newest() {
    return sql().rows<std::int64_t, std::string, std::string, std::int64_t>(
        "SELECT id, author, text, written FROM entry ORDER BY id DESC LIMIT ?", page_size);
  }

  static std::string form_field(const stead::Request& request, std::string_view field) {
    return stead::query_parameter(request.body, field).value_or("");
  }

  static std::string json_field(const stead::Request& request, const char* field) {
    const auto body = stead::json_body(request);
    if (!body.is_object() || !body.contains(field) || !body[field].is_string()) {
      throw stead::HttpError(400, std::string("the body needs a string \"") + field + "\"");
    }
    return body[field];
  }

  static void check_length(const std::string& field, const std::string& value, std::size_t max) {
    if (!value.empty() && value.size() <= max) return;
    throw stead::HttpError(400, field + " must have 1 to " + std::to_string(max) + " bytes");
  }

  static std::string escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
      switch (c) {
        case '&':
          escaped += "&amp;";
          break;
        case '<':
          escaped += "&lt;";
          break;
        case '>':
          escaped += "&gt;";
          break;
        case '"':
          escaped += "&quot;";
          break;
        case '\'':
          escaped += "&#39;";
          break;
        default:
          escaped += c;
      }
    }
    return escaped;
  }
};

/// Its routes, for every program that has guestbooks.
inline void add_guestbook(stead::App& app) {
  app.add<Guestbook>("Guestbook");
  app.route("GET,POST /guestbook/{name}", "Guestbook");
  app.route("GET /guestbook/{name}/entries", "Guestbook");
}
