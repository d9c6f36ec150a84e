#include <charconv>
#include <cstdint>
#include <limits>
#include <string>

#include "cli/serve.h"
#include "runtime/json.h"
#include "runtime/stead.h"

/// Writes each call down with its token, and keeps the number of rows twice more, so that half a
/// turn shows. What is said of a row is enough to compute everything else in the database.
class Ledger final : public stead::DurableObject {
 public:
  using DurableObject::DurableObject;
  static constexpr std::int64_t piece = 64 << 10;
  static constexpr auto migrations = std::to_array<const char*>({
      "CREATE TABLE entry(row INTEGER PRIMARY KEY, token TEXT NOT NULL, what TEXT NOT NULL);"
      "CREATE TABLE counter(id INTEGER PRIMARY KEY, value INTEGER NOT NULL);"
      "INSERT INTO counter VALUES(1, 0);"
      "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);"
      "INSERT INTO account VALUES(0, 100), (1, 100), (2, 100), (3, 100);"
      "CREATE TABLE bulk(token TEXT NOT NULL, data TEXT NOT NULL)",
  });

  /// These give the number of the new row.
  std::int64_t append(std::string token) { return record(token, "append"); }

  std::int64_t transfer(std::string token, std::int64_t from, std::int64_t to,
                        std::int64_t amount) {
    sql().exec("UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
    const auto row = record(token, "transfer " + std::to_string(from) + " " + std::to_string(to) +
                                       " " + std::to_string(amount));
    sql().exec("UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
    return row;
  }

  /// Replaces what the last one wrote: a large transaction.
  std::int64_t bulk(std::string token, std::int64_t pieces) {
    sql().exec("DELETE FROM bulk");
    std::string data;
    while (data.size() < piece) data += token + " ";
    data.resize(piece);
    for (std::int64_t i = 0; i < pieces; ++i)
      sql().exec("INSERT INTO bulk VALUES(?, ?)", token, data);
    return record(token, "bulk " + std::to_string(pieces));
  }

  /// The target may have the token only if this object has it.
  stead::Task<std::int64_t> forward(std::string token, std::string target) {
    const auto row = record(token, "forward " + target);
    co_await object<Ledger>(target).call<&Ledger::receive>(token, name());
    co_return row;
  }
  std::int64_t receive(std::string token, std::string source) {
    return record(token, "from " + source);
  }

  /// An answer that is an error promises as much as any other.
  std::int64_t refuse(std::string token) {
    record(token, "refuse");
    throw stead::HttpError(409, "refused, and written down");
  }

  /// Everything before is gone.
  std::int64_t wipe(std::string token) {
    storage().delete_all();
    return record(token, "wipe");
  }
  std::int64_t erase(std::string) {
    storage().delete_all();
    return 0;
  }

  /// All there is; of the rows, those after `?after=`.
  stead::Task<stead::Response> fetch(stead::Request request) override {
    const auto after = request.query("after").value_or("0");
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::from_chars(after.data(), after.data() + after.size(), first);
    const auto rows = sql().rows<std::int64_t, std::string, std::string>(
        "SELECT row, token, what FROM entry WHERE row > ? ORDER BY row", first);
    return stead::Response::json({
        {"rows", rows},
        {"count", sql().one<std::int64_t>("SELECT count(*) FROM entry")},
        {"last", sql().rows<std::string>("SELECT token FROM entry ORDER BY row DESC LIMIT 1")},
        {"counter", sql().one<std::int64_t>("SELECT value FROM counter")},
        {"kv", kv().get<std::int64_t>("count").value_or(0)},
        {"balances", sql().rows<std::int64_t>("SELECT balance FROM account ORDER BY id")},
        {"bulk", sql().rows<std::string, std::int64_t>(
                     "SELECT token, sum(length(data)) FROM bulk GROUP BY token")},
    });
  }

 private:
  std::int64_t record(const std::string& token, const std::string& what) {
    const auto row = sql().one<std::int64_t>(
        "INSERT INTO entry(token, what) VALUES(?, ?) RETURNING row", token, what);
    sql().exec("UPDATE counter SET value = value + 1");
    kv().put("count", kv().get<std::int64_t>("count").value_or(0) + 1);
    return row;
  }
};

int main(int argc, char** argv) {
  stead::App app;
  app.add<Ledger>("Ledger")
      .method<&Ledger::append>("append")
      .method<&Ledger::transfer>("transfer")
      .method<&Ledger::bulk>("bulk")
      .method<&Ledger::forward>("forward")
      .method<&Ledger::refuse>("refuse")
      .method<&Ledger::wipe>("wipe")
      .method<&Ledger::erase>("erase");
  app.route("GET /ledger/{name}", "Ledger");
  app.route_methods("/ledger/{name}/{method}", "Ledger");
  return stead::serve(app, argc, argv);
}
