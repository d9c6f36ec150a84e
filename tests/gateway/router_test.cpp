#include "gateway/router.h"

#include "tests/gateway/two_classes.h"

namespace stead {
namespace {

class RouterTest : public test::TwoClasses {
 protected:
  using Answer = std::variant<RouteMatch, RouteRefusal>;

  Answer ask(std::string_view method, std::string_view path, std::string_view host = "localhost",
             const ObjectAddress* fallback = nullptr) {
    return Router(app, classes).route({method, path, host}, fallback, names);
  }
  RouteMatch matched(std::string_view method, std::string_view path,
                     std::string_view host = "localhost") {
    auto answer = ask(method, path, host);
    if (auto* refusal = std::get_if<RouteRefusal>(&answer)) {
      ADD_FAILURE() << path << ": " << refusal->message;
      return {};
    }
    return std::get<RouteMatch>(std::move(answer));
  }
  RouteRefusal refused(std::string_view method, std::string_view path) {
    auto answer = ask(method, path);
    if (std::holds_alternative<RouteMatch>(answer)) {
      ADD_FAILURE() << path << " matches";
      return {0, {}, {}, {}};
    }
    return std::get<RouteRefusal>(std::move(answer));
  }
  std::string fault() {
    try {
      Router(app, classes);
      return "none";
    } catch (const Error& error) {
      return error.what();
    }
  }

  NameCache names;
};

TEST_F(RouterTest, AddressesByName) {
  app.route("/t/{name}/*", "Thing");
  const auto match = matched("GET", "/t/blue%20sky/x");
  EXPECT_EQ(match.target.of, &thing());
  EXPECT_EQ(match.target.name, "blue sky");
  EXPECT_EQ(match.target.id, thing().key.id_from_name("blue sky"));
  ASSERT_EQ(match.params.size(), 1U);
  EXPECT_EQ(match.params[0].second, "blue sky");
}

TEST_F(RouterTest, BuildsNamesFromTemplates) {
  app.route("/{country}/{city}", "Thing", "{country}/{city}").route("/only", "Thing", "main");
  EXPECT_EQ(matched("GET", "/de/Ulm").target.name, "de/Ulm");
  EXPECT_EQ(matched("GET", "/only").target.name, "main");
  EXPECT_EQ(refused("GET", "/d%2Fe/Ulm").code, "bad_name");
  EXPECT_EQ(matched("GET", "/de/U%2Flm").target.name, "de/U/lm");
}

TEST_F(RouterTest, TwoRequestsNeverMixNames) {
  app.route("/{a}/{b}", "Thing", "{a}--{b}");
  EXPECT_EQ(refused("GET", "/x-/y").code, "bad_name");  // "x---y" is also "x" and "-y"
  EXPECT_EQ(matched("GET", "/x/-y").target.name, "x---y");
}

TEST_F(RouterTest, AddressesById) {
  app.route("/id/{class}/{id}");
  const auto id = thing().key.id_from_name("a").to_string();
  const auto match = matched("GET", "/id/Thing/" + id);
  EXPECT_EQ(match.target.id.to_string(), id);
  EXPECT_FALSE(match.target.name);
  EXPECT_EQ(refused("GET", "/id/Other/" + id).status, 400);  // foreign
  auto forged = id;
  forged.back() = forged.back() == '0' ? '1' : '0';
  EXPECT_EQ(refused("GET", "/id/Thing/" + forged).code, "bad_id");
  EXPECT_EQ(refused("GET", "/id/Thing/zz").code, "bad_id");
  EXPECT_EQ(refused("GET", "/id/Nothing/" + id).code, "unknown_class");
  EXPECT_EQ(refused("GET", "/id/Nothing/" + id).status, 400);
}

TEST_F(RouterTest, FirstMatchWins) {
  app.route("/a/{name}", "Thing").route("/{x}/{name}", "Other");
  EXPECT_EQ(matched("GET", "/a/n").target.of, &thing());
  EXPECT_EQ(matched("GET", "/b/n").target.of, classes.find("Other"));
}

TEST_F(RouterTest, TellsAllowedMethods) {
  app.route("GET,POST /t/{name}", "Thing").route("DELETE /t/{name}", "Thing");
  EXPECT_EQ(matched("DELETE", "/t/a").target.name, "a");
  const auto refusal = refused("PUT", "/t/a");
  EXPECT_EQ(refusal.status, 405);
  EXPECT_EQ(refusal.allow, "GET, HEAD, POST, DELETE");
}

TEST_F(RouterTest, NamedMethodsArePostOnly) {
  app.route_methods("/call/{name}/{method}", "Thing");
  const auto match = matched("POST", "/call/a/add");
  EXPECT_EQ(match.kind, RouteSpec::Kind::method);
  EXPECT_EQ(match.method, "add");
  EXPECT_EQ(refused("GET", "/call/a/add").allow, "POST");
}

TEST_F(RouterTest, HostNamesNameObjects) {
  app.route("{name}.example.com/*", "Thing");
  EXPECT_EQ(matched("GET", "/", "BLUE.example.com:8787").target.name, "blue");
  EXPECT_EQ(refused("GET", "/").status, 404);
}

TEST_F(RouterTest, RefusesUnusableNames) {
  app.route("/t/{name}/*", "Thing");
  EXPECT_EQ(refused("GET", "/t//x").code, "bad_name");
  EXPECT_EQ(refused("GET", "/t/%ff").code, "bad_name");
  EXPECT_EQ(refused("GET", "/t/%").code, "bad_path");
  EXPECT_EQ(refused("GET", "/x").status, 404);
}

TEST_F(RouterTest, FallbackGetsWhatNoRouteMatches) {
  app.route("GET /t/{name}", "Thing");
  const ObjectAddress worker{&thing(), {}, "worker"};
  EXPECT_EQ(std::get<RouteMatch>(ask("GET", "/x", "h", &worker)).target.name, "worker");
  EXPECT_EQ(std::get<RouteRefusal>(ask("POST", "/t/a", "h", &worker)).status, 405);
}

TEST_F(RouterTest, ExplainsRoutesThatCannotWork) {
  const auto with = [&](auto... route) {
    App other;
    other.route(route...);
    try {
      Router(other, classes);
      return std::string("none");
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(with("/t/{name}"),
            "the route \"/t/{name}\" cannot work: it names no class: give one, or a {class}");
  EXPECT_NE(with("/t/{name}", "Nope").find("no class Nope"), std::string::npos);
  EXPECT_NE(with("/t/{class}/{name}", "Thing").find("leave one out"), std::string::npos);
  EXPECT_NE(with("/t/{x}", "Thing").find("needs a {name}"), std::string::npos);
  EXPECT_NE(with("/t/{x}", "Thing", "").find("is empty"), std::string::npos);
  EXPECT_NE(with("/t/{x}", "Thing", "{x").find("not closed"), std::string::npos);
  EXPECT_NE(with("/{a}/{b}", "Thing", "{a}{b}").find("touch"), std::string::npos);
  EXPECT_NE(with("/{id}", "Thing", "{id}").find("id already"), std::string::npos);
  app.route_methods("/x/{name}", "Thing");
  EXPECT_NE(fault().find("needs a {method}"), std::string::npos);
}

TEST_F(RouterTest, CachedIdsAreRight) {
  const auto* other = classes.find("Other");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 10'000; ++i) {
      const auto name = "n" + std::to_string(i);
      ASSERT_EQ(names.id_of(thing(), name), thing().key.id_from_name(name));
      ASSERT_EQ(names.id_of(*other, name), other->key.id_from_name(name));
    }
  }
  const std::string longer(500, 'x');
  EXPECT_EQ(names.id_of(thing(), longer), thing().key.id_from_name(longer));
}

}  // namespace
}  // namespace stead
