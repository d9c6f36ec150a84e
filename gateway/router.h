#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/name_cache.h"
#include "gateway/route_pattern.h"
#include "runtime/app.h"
#include "runtime/call.h"

namespace stead {

/// Where a request goes.
struct RouteMatch {
  ObjectAddress target;
  std::vector<std::pair<std::string, std::string>> params;
  RouteSpec::Kind kind = RouteSpec::Kind::fetch;
  /// The method to call, for `Kind::method`.
  std::string method;
};

/// Why a request goes nowhere.
struct RouteRefusal {
  int status = 404;
  std::string_view code;
  std::string message;
  /// What an `Allow` header says; empty unless the status is 405.
  std::string allow;
};

/// An application's routing table, compiled. Looks only at what it is given: no network, no
/// objects. A name becomes an id without any look-up; an id is checked against its class's key.
///
/// Thread: any (immutable; the cache belongs to the caller). Lifetime: the class table outlives it.
/// Fails: the constructor throws `Error` for a route that cannot work.
class Router {
 public:
  struct Query {
    std::string_view method;
    /// As sent, without the query.
    std::string_view path;
    /// As in the `Host` header; a port is ignored.
    std::string_view host;
  };

  Router(const App& app, const ClassTable& classes);

  /// `fallback` gets what no route matches; null if there is none.
  std::variant<RouteMatch, RouteRefusal> route(const Query& query, const ObjectAddress* fallback,
                                               NameCache& names) const;

 private:
  /// Text, then a word: a part of an object's name.
  struct Piece {
    std::string literal;
    std::optional<std::size_t> word;
  };
  struct Route {
    RoutePattern pattern;
    RouteSpec::Kind kind = RouteSpec::Kind::fetch;
    /// Null: the word `class_word` names it.
    const Class* of = nullptr;
    std::optional<std::size_t> class_word;
    std::optional<std::size_t> id_word;
    std::optional<std::size_t> method_word;
    std::vector<Piece> name;
  };
  using Params = std::vector<std::pair<std::string, std::string>>;

  static Route compile(const RouteSpec& spec, const ClassTable& classes);
  static std::vector<Piece> compile_name(const RouteSpec& spec, const RoutePattern& pattern);
  static bool allows(const Route& route, std::string_view method);
  static void add_allowed(const Route& route, std::string& allowed);
  std::variant<RouteMatch, RouteRefusal> address(const Route& route,
                                                 const RoutePattern::Captures& captures,
                                                 NameCache& names) const;
  static std::variant<std::string, RouteRefusal> object_name(const Route& route,
                                                             const Params& params);

  const ClassTable& classes_;
  std::vector<Route> routes_;
};

}  // namespace stead
