#include "test_app.h"

#include <stdexcept>

#include "runtime/durable_object.h"

namespace stead::test {

namespace {

class Room final : public DurableObject {
 public:
  using DurableObject::DurableObject;

  int add(int n) { return sum_ += n; }
  std::string greet(std::string who) { return "hello " + who; }
  int fail(std::string text) { throw std::runtime_error(text); }

  Task<Response> fetch(Request request) override {
    const auto path = request.path();
    const auto what = path.substr(path.rfind('/') + 1);
    if (what == "add") return Response::text(std::to_string(add(1)));
    if (what == "echo") return echo(std::move(request));
    if (what == "name") return Response::text(name());
    if (what == "target") return Response::text(request.target);
    if (what == "throw") throw std::runtime_error("secret table users");
    if (what == "teapot") throw HttpError(418, "short and stout");
    if (what == "inject") return Response::text("x").with("X-Evil", "a\r\nSet-Cookie: b");
    if (what == "framing") {
      return Response::text("four")
          .with("Content-Length", "1")
          .with("Transfer-Encoding", "chunked");
    }
    if (what == "status") return Response::empty(42);
    if (what == "empty") return Response::empty();
    if (what == "big") return Response::text(std::string(8 << 20, 'b'));
    if (what == "slow") return slow();
    if (what == "exclusive") return exclusive();
    return Response::text("method " + request.method);
  }

 private:
  static Task<Response> echo(Request request) {
    const std::string type(request.header("Content-Type").value_or("text/plain"));
    const std::string trailer(request.header("X-Trailer").value_or("none"));
    return Response::text(std::move(request.body)).with("X-Type", type).with("X-Trailer", trailer);
  }
  Task<Response> slow() {
    co_await state().sleep(std::chrono::milliseconds(300));
    sum_ += 1'000;
    co_return Response::text("slow");
  }
  /// Keeps every other call waiting.
  Task<Response> exclusive() {
    co_await block_concurrency_while(
        [this]() -> Task<void> { return state().sleep(std::chrono::milliseconds(300)); });
    co_return Response::text("exclusive");
  }

  int sum_ = 0;
};

}  // namespace

void fill_test_app(App& app) {
  app.add<Room>("Room").method<&Room::add>("add").method<&Room::greet>("greet").method<&Room::fail>(
      "fail");
  app.route("/room/{name}/*", "Room")
      .route_methods("/call/{name}/{method}", "Room")
      .route("/id/{class}/{id}/*")
      .route("/any/{class}/{name}/*")
      .route("GET,POST /limited/{name}", "Room")
      .route("{name}.rooms.test/*", "Room");
}

}  // namespace stead::test
