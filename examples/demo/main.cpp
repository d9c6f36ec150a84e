#include "cli/serve.h"
#include "examples/1_counter/counter.h"
#include "examples/2_guestbook/guestbook.h"
#include "examples/3_transfer/account.h"
#include "memory_counter.h"

namespace {

constexpr const char* index_page =
    R"(Stead demo. Each name is an object with a private SQLite database. Try:

  curl -X POST http://HOST/counter/alice/increment               one durable SQL write
  curl         http://HOST/counter/alice                         one SQL read
  curl -X POST http://HOST/memory/alice/increment                a field, never stored

  curl -d author=Ada -d text=Hello http://HOST/guestbook/blue    sign a guestbook
  curl         http://HOST/guestbook/blue/entries                its entries as JSON
               http://HOST/guestbook/blue                        its page, for a browser

  curl -X POST 'http://HOST/account/alice/deposit?amount=100'    put money in
  curl -X POST 'http://HOST/transfer/alice/bob?amount=30'        objects call objects
  curl         http://HOST/account/bob                           the balance

  curl -d '[5]' http://HOST/call/Counter/alice/add               a method by its name
)";

stead::Response index(const stead::Request& request) {
  if (request.path() != "/") throw stead::HttpError(404, "nothing here; GET / lists what to try");
  if (request.method != "GET" && request.method != "HEAD") {
    throw stead::HttpError(405, "GET only");
  }
  const std::string host(request.header("Host").value_or("127.0.0.1:8787"));
  std::string page = index_page;
  for (auto at = page.find("HOST"); at != std::string::npos; at = page.find("HOST", at)) {
    page.replace(at, 4, host);
    at += host.size();
  }
  return stead::Response::text(std::move(page));
}

}  // namespace

int main(int argc, char** argv) {
  stead::App app;
  app.add<Counter>("Counter").method<&Counter::add>("add").method<&Counter::value>("value");
  app.route("POST /counter/{name}/increment", "Counter").route("GET /counter/{name}", "Counter");
  app.add<MemoryCounter>("MemoryCounter");
  app.route("POST /memory/{name}/increment", "MemoryCounter");
  add_guestbook(app);
  add_account(app);
  app.route_methods("/call/{class}/{name}/{method}");
  app.fetch([](stead::Request request, stead::Worker&) -> stead::Task<stead::Response> {
    return index(request);
  });
  return stead::serve(app, argc, argv);
}
