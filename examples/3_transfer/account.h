#pragma once

#include <charconv>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/json.h"
#include "runtime/stead.h"

/// An account. Money moves between two of them, two databases, without a moment in which a crash
/// could create or destroy any: see README.md.
///
/// Invariant: the sum of all balances and of all `outgoing` rows whose transfer the target has not
/// in `incoming` is constant but for deposits.
class Account final : public stead::DurableObject {
 public:
  static constexpr std::int64_t max_amount = 1'000'000'000'000;
  static constexpr auto migrations = std::to_array<const char*>({
      "CREATE TABLE account(id INTEGER PRIMARY KEY CHECK(id = 1), "
      "  balance INTEGER NOT NULL CHECK(balance >= 0));"
      // Debited here, perhaps not yet credited there.
      "CREATE TABLE outgoing(number INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, "
      "  amount INTEGER NOT NULL);"
      // Credited here: a transfer that comes again is not credited again.
      "CREATE TABLE incoming(transfer TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID",
  });

  explicit Account(stead::State& state) : DurableObject(state) { resume_outgoing(); }

  stead::Task<stead::Response> fetch(stead::Request request) override {
    resume_outgoing();
    if (request.method == "GET") return stead::Response::text(std::to_string(balance()));
    const auto amount = amount_of(request);
    if (request.path().ends_with("/deposit")) {
      return stead::Response::text(std::to_string(deposit(amount)));
    }
    return transfer(request.param("to"), amount);
  }

  std::int64_t balance() {
    return sql().one<std::int64_t>("SELECT coalesce(max(balance), 0) FROM account");
  }

  /// Gives the new balance.
  std::int64_t deposit(std::int64_t amount) {
    check(amount);
    return add(amount);
  }

  /// Transfers that the target has not confirmed yet.
  std::int64_t pending() { return sql().one<std::int64_t>("SELECT count(*) FROM outgoing"); }

  /// Called by the account that was debited, as often as it takes.
  void credit(std::string transfer, std::int64_t amount) {
    const auto known =
        sql().one<std::int64_t>("SELECT count(*) FROM incoming WHERE transfer = ?", transfer);
    if (known > 0) return;
    sql().exec("INSERT INTO incoming VALUES(?, ?)", transfer, amount);
    add(amount);
  }

 private:
  stead::Task<stead::Response> transfer(std::string target, std::int64_t amount) {
    if (target == name()) throw stead::HttpError(400, "from and to are the same account");
    const auto before = balance();
    if (before < amount) {
      throw stead::HttpError(409, "not enough money: the balance is " + std::to_string(before));
    }
    // One turn, so one transaction, and durable before the credit leaves this object.
    sql().exec("UPDATE account SET balance = balance - ?", amount);
    const auto number = sql().one<std::int64_t>(
        "INSERT INTO outgoing(target, amount) VALUES(?, ?) RETURNING number", target, amount);
    const auto delivered = co_await deliver(number, target, amount);
    // 202: the money has left, and will arrive when the target can be reached again.
    co_return stead::Response::json({{"amount", amount}, {"arrived", delivered}},
                                    delivered ? 200 : 202);
  }

  /// Gives whether the target has the money now. If not, the row stays and is tried again.
  stead::Task<bool> deliver(std::int64_t number, std::string target, std::int64_t amount) {
    delivering_.insert(number);
    const auto transfer = id().to_string() + "/" + std::to_string(number);
    bool delivered = false;
    try {
      co_await object<Account>(target).call<&Account::credit>(transfer, amount);
      delivered = true;
    } catch (const stead::Error&) {
      // Unknown, not undone: the credit may have happened. Asking again is safe.
    }
    delivering_.erase(number);
    if (delivered) sql().exec("DELETE FROM outgoing WHERE number = ?", number);
    co_return delivered;
  }

  /// Tries again what an earlier run, or a target in trouble, left behind.
  void resume_outgoing() {
    const auto rows = sql().rows<std::int64_t, std::string, std::int64_t>(
        "SELECT number, target, amount FROM outgoing");
    for (const auto& [number, target, amount] : rows) {
      if (!delivering_.contains(number)) state().wait_until(redeliver(number, target, amount));
    }
  }

  stead::Task<void> redeliver(std::int64_t number, std::string target, std::int64_t amount) {
    co_await deliver(number, target, amount);
  }

  std::int64_t add(std::int64_t amount) {
    return sql().one<std::int64_t>(
        "INSERT INTO account VALUES(1, ?1) "
        "ON CONFLICT(id) DO UPDATE SET balance = balance + ?1 RETURNING balance",
        amount);
  }

  static void check(std::int64_t amount) {
    if (amount >= 1 && amount <= max_amount) return;
    throw stead::HttpError(400, "amount must be from 1 to " + std::to_string(max_amount));
  }

  static std::int64_t amount_of(const stead::Request& request) {
    const auto text = request.query("amount").value_or("");
    std::int64_t amount = 0;
    const auto end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, amount);
    if (error != std::errc() || rest != end) {
      throw stead::HttpError(400, "amount must be a whole number: ?amount=5");
    }
    check(amount);
    return amount;
  }

  /// On their way now, so that they are not sent twice at a time.
  std::set<std::int64_t> delivering_;
};

/// Its routes, for every program that has accounts.
inline void add_account(stead::App& app) {
  app.add<Account>("Account")
      .method<&Account::balance>("balance")
      .method<&Account::deposit>("deposit")
      .method<&Account::pending>("pending");
  app.route("POST /transfer/{from}/{to}", "Account", "{from}");
  app.route("GET /account/{name}", "Account");
  app.route("POST /account/{name}/deposit", "Account");
}
