#include "gateway/router.h"

#include <algorithm>

#include "gateway/utf8.h"

namespace stead {

namespace {

constexpr std::string_view default_name = "{name}";

[[noreturn]] void refuse_route(const RouteSpec& spec, const std::string& why) {
  throw Error(ErrorCode::type, "the route \"" + spec.pattern + "\" cannot work: " + why);
}

RouteRefusal bad_request(std::string_view code, std::string message) {
  return {400, code, std::move(message), {}};
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

Router::Router(const App& app, const ClassTable& classes) : classes_(classes) {
  for (const auto& spec : app.routes()) routes_.push_back(compile(spec, classes));
}

Router::Route Router::compile(const RouteSpec& spec, const ClassTable& classes) {
  Route route;
  route.pattern = RoutePattern::parse(spec.pattern).take_or_raise();
  route.kind = spec.kind;
  route.class_word = route.pattern.index_of("class");
  if (spec.class_name.empty()) {
    if (!route.class_word) refuse_route(spec, "it names no class: give one, or a {class}");
  } else {
    if (route.class_word) refuse_route(spec, "it has a {class} and a class: leave one out");
    route.of = classes.find(spec.class_name);
    if (!route.of) {
      refuse_route(spec, "the application has no class " + spec.class_name + ": see App::add");
    }
  }
  if (spec.kind == RouteSpec::Kind::method) {
    route.method_word = route.pattern.index_of("method");
    if (!route.method_word) refuse_route(spec, "App::route_methods needs a {method} in it");
    const auto& methods = route.pattern.methods();
    if (!methods.empty() && methods != std::vector<std::string>{"POST"}) {
      refuse_route(spec, "named methods are called by POST only: leave the methods out");
    }
  }
  route.id_word = route.pattern.index_of("id");
  if (!route.id_word) {
    route.name = compile_name(spec, route.pattern);
  } else if (spec.object != default_name || route.pattern.index_of("name")) {
    refuse_route(spec, "{id} is an object's id already: give no name beside it");
  }
  return route;
}

std::vector<Router::Piece> Router::compile_name(const RouteSpec& spec,
                                                const RoutePattern& pattern) {
  std::vector<Piece> pieces;
  std::string_view rest = spec.object;
  while (!rest.empty()) {
    const auto open = rest.find('{');
    Piece piece{std::string(rest.substr(0, open)), std::nullopt};
    rest.remove_prefix(piece.literal.size());
    if (!rest.empty()) {
      const auto close = rest.find('}');
      if (close == std::string_view::npos) {
        refuse_route(spec, "a brace in the object's name \"" + spec.object + "\" is not closed");
      }
      const std::string word(rest.substr(1, close - 1));
      piece.word = pattern.index_of(word);
      if (!piece.word) {
        refuse_route(spec, "the object's name \"" + spec.object + "\" needs a {" + word +
                               "} in the pattern");
      }
      if (!pieces.empty() && piece.literal.empty()) {
        refuse_route(spec, "two words of \"" + spec.object +
                               "\" touch, so that two names could mix: put a text between");
      }
      rest.remove_prefix(close + 1);
    }
    pieces.push_back(std::move(piece));
  }
  if (pieces.empty()) refuse_route(spec, "the object's name is empty");
  return pieces;
}

bool Router::allows(const Route& route, std::string_view method) {
  return route.kind == RouteSpec::Kind::method ? method == "POST" : route.pattern.allows(method);
}

void Router::add_allowed(const Route& route, std::string& allowed) {
  const auto add = [&](std::string_view method) {
    const auto padded = ", " + allowed + ",";
    if (padded.find(", " + std::string(method) + ",") != std::string::npos) return;
    if (!allowed.empty()) allowed += ", ";
    allowed += method;
  };
  if (route.kind == RouteSpec::Kind::method) return add("POST");
  for (const auto& method : route.pattern.methods()) {
    add(method);
    if (method == "GET") add("HEAD");
  }
}

std::variant<RouteMatch, RouteRefusal> Router::route(const Query& query,
                                                     const ObjectAddress* fallback,
                                                     NameCache& names) const {
  const auto host = without_port(query.host);
  RoutePattern::Captures captures;
  std::string allowed;
  for (const auto& route : routes_) {
    if (!route.pattern.matches(host, query.path, captures)) continue;
    if (allows(route, query.method)) return address(route, captures, names);
    add_allowed(route, allowed);
  }
  if (!allowed.empty()) {
    return RouteRefusal{405, "method_not_allowed", "this path answers only to " + allowed,
                        std::move(allowed)};
  }
  if (fallback) return RouteMatch{*fallback, {}, RouteSpec::Kind::fetch, {}};
  return RouteRefusal{404, "not_found", "nothing is served at this address", {}};
}

std::variant<RouteMatch, RouteRefusal> Router::address(const Route& route,
                                                       const RoutePattern::Captures& captures,
                                                       NameCache& names) const {
  RouteMatch match;
  match.kind = route.kind;
  match.params.reserve(route.pattern.word_count());
  for (std::size_t i = 0; i < route.pattern.word_count(); ++i) {
    auto value = route.pattern.value(captures, i);
    if (!value) {
      return bad_request("bad_path",
                         "a percent-escape in the path is malformed: it takes two "
                         "hexadecimal digits");
    }
    match.params.emplace_back(route.pattern.word(i), *std::move(value));
  }
  const Class* of = route.of;
  if (!of) {
    const auto& name = match.params[*route.class_word].second;
    of = classes_.find(name);
    if (!of || !of->info.has_storage) {
      return bad_request("unknown_class", "this application has no class \"" + name + "\"");
    }
  }
  match.target.of = of;
  if (route.method_word) match.method = match.params[*route.method_word].second;
  if (route.id_word) {
    auto id = of->key.id_from_string(match.params[*route.id_word].second);
    if (!id) return bad_request("bad_id", id.error().what());
    match.target.id = id.value();
    return match;
  }
  auto name = object_name(route, match.params);
  if (auto* refusal = std::get_if<RouteRefusal>(&name)) return std::move(*refusal);
  match.target.id = names.id_of(*of, std::get<std::string>(name));
  match.target.name = std::get<std::string>(std::move(name));
  return match;
}

std::variant<std::string, RouteRefusal> Router::object_name(const Route& route,
                                                            const Params& params) {
  std::string name;
  for (std::size_t i = 0; i < route.name.size(); ++i) {
    const auto& piece = route.name[i];
    name += piece.literal;
    if (!piece.word) continue;
    const auto& value = params[*piece.word].second;
    if (value.empty()) {
      return bad_request("bad_name",
                         "the object's name is empty: the path has nothing in the "
                         "place of {" +
                             params[*piece.word].first + "}");
    }
    // "a/b" + "/" + "c" and "a" + "/" + "b/c" would be one object: refuse what could be read twice.
    const bool between = i + 1 < route.name.size() && route.name[i + 1].word;
    if (between &&
        (value + route.name[i + 1].literal).find(route.name[i + 1].literal) != value.size()) {
      return bad_request("bad_name", "{" + params[*piece.word].first + "} must not contain \"" +
                                         route.name[i + 1].literal + "\"");
    }
    name += value;
  }
  if (!is_utf8(name)) return bad_request("bad_name", "the object's name is not UTF-8");
  return name;
}

}  // namespace stead
