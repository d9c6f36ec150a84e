#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include "runtime/assets.h"
#include "runtime/class_info.h"
#include "runtime/json_codec.h"
#include "runtime/outgoing_call.h"
#include "runtime/worker.h"

namespace stead {

/// One line of an application's routing table, as written. The gateway compiles it.
struct RouteSpec {
  enum class Kind { fetch, method };
  std::string pattern;
  /// Empty: the pattern's `{class}` tells.
  std::string class_name;
  /// A template over the pattern's words that gives the object's name.
  std::string object;
  Kind kind = Kind::fetch;
};

/// What a program serves: its classes, its named methods, its routes. Built in `main`, constant
/// from `serve` on. Mistakes (a class added twice, a malformed pattern) throw `std::logic_error`
/// when made, or are told by `serve` before it listens.
///
/// Thread: one until `serve`, any afterwards.
class App {
 public:
  template <std::derived_from<DurableObject> T>
  class ClassBuilder {
   public:
    explicit ClassBuilder(ClassInfo& info) : info_(info) {}

    /// Makes a public method callable by name, with a JSON array of arguments: over HTTP through
    /// `route_methods`.
    template <auto member>
      requires std::derived_from<T, typename internal::MethodTraits<member>::Class>
    ClassBuilder& method(std::string name) {
      const auto label = info_.name + "." + name;
      add_method(info_, std::move(name),
                 [label](DurableObject& object, const nlohmann::json& args) {
                   using Arguments = typename internal::MethodTraits<member>::Arguments;
                   return call_with_json<member>(static_cast<T&>(object),
                                                 read_arguments<Arguments>(args, label));
                 });
      return *this;
    }

   private:
    ClassInfo& info_;
  };

  /// Adds a class under a name that routes, ids and folders use: letters, digits and underscores.
  template <std::derived_from<DurableObject> T>
    requires std::constructible_from<T, State&>
  ClassBuilder<T> add(std::string name) {
    ClassInfo info;
    info.type = typeid(T);
    info.make = [](State& state) { return std::make_unique<T>(state); };
    if constexpr (requires { T::migrations; }) {
      for (const auto& step : T::migrations) info.migrations.emplace_back(step);
    }
    if constexpr (requires { T::durability; }) info.durability = T::durability;
    if constexpr (requires { T::blocking; }) info.blocking = T::blocking;
    if constexpr (requires { T::streams_requests; }) info.streams_requests = T::streams_requests;
    return ClassBuilder<T>(add_class(std::move(name), std::move(info)));
  }

  /// Adds a class that is made at run time, such as one of another language. `info.name` is set.
  App& add(std::string name, ClassInfo info);

  /// Sends requests that match `pattern` to an object of a class. The first route that matches
  /// serves.
  ///
  ///     "/rooms/{name}/*"            any method; `*` matches the rest of the path
  ///     "GET,POST /rooms/{name}"     these methods only, others get 405
  ///     "{name}.example.com/*"       by host name
  ///     "/by-id/{class}/{id}/*"      `{id}` is an object's id; `{class}` names the class
  ///
  /// `object` is the object's name as a template over the words, e.g. "{country}/{city}".
  App& route(std::string pattern, std::string class_name = {}, std::string object = "{name}");

  /// Like `route`, for named methods: the pattern has a `{method}`, the body is a JSON array of
  /// arguments, the answer is the result as JSON. POST only.
  App& route_methods(std::string pattern, std::string class_name = {},
                     std::string object = "{name}");

  struct WorkerOptions {
    /// Whether long request bodies come as `Request::stream`: for a handler that hands them on.
    bool streams_requests = false;
  };
  /// Code that gets the requests that no route matches.
  App& fetch(Worker::Handler handler) { return fetch(std::move(handler), {}); }
  App& fetch(Worker::Handler handler, WorkerOptions options);
  /// The same for code of another language: `info.make` makes the workers.
  App& worker(ClassInfo info);

  /// Serves static files before anything else sees a request.
  App& assets(AssetsSpec spec);

  const std::vector<std::unique_ptr<ClassInfo>>& classes() const { return classes_; }
  const std::vector<RouteSpec>& routes() const { return routes_; }
  /// The class of the worker; null if `fetch` was not called.
  const ClassInfo* worker() const { return worker_ ? &*worker_ : nullptr; }
  /// Null if `assets` was not called.
  const AssetsSpec* assets() const { return assets_ ? &*assets_ : nullptr; }

 private:
  ClassInfo& add_class(std::string name, ClassInfo info);
  static void add_method(ClassInfo& info, std::string name, ClassInfo::Method method);

  template <auto member, class T, class Arguments>
  static Task<std::string> call_with_json(T& object, Arguments arguments) {
    using Result = typename internal::MethodTraits<member>::Result;
    auto task = internal::apply_method<member>(object, std::move(arguments));
    std::string text;
    if constexpr (std::is_void_v<Result>) {
      co_await task;
      text = "null";
    } else {
      auto result = co_await task;
      JsonCodec<Result>::write(text, result);
    }
    co_return text;
  }

  std::vector<std::unique_ptr<ClassInfo>> classes_;
  std::vector<RouteSpec> routes_;
  std::unique_ptr<Worker::Handler> handler_;
  std::optional<ClassInfo> worker_;
  std::optional<AssetsSpec> assets_;
};

}  // namespace stead
