#include "tests/sim/workload.h"

#include <array>
#include <utility>

namespace stead::test {

namespace {

const std::array<std::string, Workload::versions> bank_migrations{
    "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK(balance >= 0));"
    "CREATE TABLE entry(id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, "
    "amount INTEGER NOT NULL)",
    "ALTER TABLE account ADD COLUMN note TEXT;"
    "UPDATE account SET note = 'n' || id || ':' || balance",
    "CREATE INDEX entry_by_account ON entry(account, amount);"
    "CREATE TABLE summary(account INTEGER PRIMARY KEY, entries INTEGER) WITHOUT ROWID;"
    "INSERT INTO summary SELECT account, count(*) FROM entry GROUP BY account"};

const std::array<std::string, Workload::versions> list_migrations{
    "CREATE TABLE item(id INTEGER PRIMARY KEY, payload TEXT)",
    "ALTER TABLE item ADD COLUMN tag INTEGER DEFAULT 7;CREATE INDEX item_by_tag ON item(tag)",
    "UPDATE item SET tag = id % 3;ALTER TABLE item RENAME COLUMN tag TO mark"};

const std::array<std::string, Workload::versions> box_migrations{
    "CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    "CREATE TABLE trace(id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TRIGGER counted AFTER UPDATE ON counter BEGIN "
    "INSERT INTO trace(name) VALUES(new.name); END",
    "DROP TABLE trace;DROP TRIGGER IF EXISTS counted;"
    "CREATE TABLE blobs(id INTEGER PRIMARY KEY, data BLOB)"};

Step step(Step::Kind kind, std::string text = {}, std::string value = {}) {
  return {.kind = kind, .text = std::move(text), .value = std::move(value)};
}

}  // namespace

Workload::Workload(Seeded& seed) : seed_(seed) {
  const auto count = seed_.between(2, 5);
  for (std::uint64_t i = 0; i < count; ++i) {
    objects_.push_back({static_cast<Kind>(seed_.below(3)), "o" + std::to_string(i)});
  }
  rows_ = seed_.chance(25) ? 150 : 20;
  row_bytes_ = seed_.chance(30) ? 1500 : 200;
  grows_ = seed_.chance(12);
}

const char* Workload::class_name(Kind kind) {
  constexpr std::array names{"Bank", "List", "Box"};
  return names[static_cast<std::size_t>(kind)];
}

std::span<const std::string> Workload::migrations(Kind kind) {
  switch (kind) {
    case Kind::bank:
      return bank_migrations;
    case Kind::list:
      return list_migrations;
    default:
      return box_migrations;
  }
}

std::shared_ptr<const Plan> Workload::check_everything() {
  auto plan = std::make_shared<Plan>();
  plan->steps.push_back(step(Step::Kind::check));
  return plan;
}

std::shared_ptr<const Plan> Workload::plan(std::size_t object, int depth) {
  auto plan = std::make_shared<Plan>();
  const auto kind = objects_[object].kind;
  const auto what = seed_.below(100);
  if (what < 12) {
    plan->steps.push_back(step(Step::Kind::check));
  } else if (what < 24) {
    plan->steps.push_back(step(Step::Kind::query, query(kind)));
  } else if (what < 28) {
    if (seed_.chance(50)) add_step(*plan, kind);
    plan->steps.push_back(step(Step::Kind::delete_all));
    if (seed_.chance(50)) add_step(*plan, kind);
  } else {
    const auto count = seed_.between(1, 4);
    for (std::uint64_t i = 0; i < count; ++i) {
      add_step(*plan, kind);
      if (depth < 2 && seed_.chance(8)) {
        const auto other = static_cast<std::size_t>(seed_.below(objects_.size()));
        if (other == object) continue;
        plan->steps.push_back(
            {.kind = Step::Kind::call, .object = other, .plan = this->plan(other, depth + 1)});
      }
    }
  }
  const auto end = seed_.below(100);
  if (end < 5) {
    plan->steps.push_back(step(Step::Kind::fail));
  } else if (end < 9) {
    plan->steps.push_back(step(Step::Kind::abort));
  } else if (end < 13) {
    plan->steps.push_back(step(Step::Kind::query, query(kind)));
  }
  return plan;
}

void Workload::add_step(Plan& plan, Kind kind) {
  const auto what = seed_.below(100);
  if (what < 3) {
    plan.steps.push_back({.kind = Step::Kind::sleep, .pause = std::chrono::milliseconds(10)});
  } else if (what < 6) {
    plan.steps.push_back(step(Step::Kind::sync));
  } else if (what < 9) {
    plan.steps.push_back(step(Step::Kind::part));
  } else if (what < 13) {
    plan.steps.push_back(step(Step::Kind::query, query(kind)));
  } else if (what < 20 || (kind == Kind::box && what < 75)) {
    if (seed_.chance(75)) {
      plan.steps.push_back(step(Step::Kind::put, key(),
                                std::string(seed_.below(row_bytes_), 'a') + number(1'000'000)));
    } else {
      plan.steps.push_back(step(Step::Kind::remove, key()));
    }
  } else {
    const auto kind_of_run = seed_.chance(8) ? Step::Kind::run_undone : Step::Kind::run;
    plan.steps.push_back(step(kind_of_run, kind == Kind::bank   ? bank_statement()
                                           : kind == Kind::list ? list_statement()
                                                                : box_statement()));
  }
}

std::string Workload::bank_statement() {
  const auto account = number(20);
  const auto amount = number(100);
  switch (seed_.below(5)) {
    case 0:
    case 1:
      return "INSERT INTO account(id, balance) VALUES(" + account + ", " + amount +
             ") ON CONFLICT(id) DO UPDATE SET balance = balance + " + amount;
    case 2:
      return "INSERT INTO entry(account, amount) VALUES(" + account + ", " + amount + ")";
    case 3:
      // Fails where the balance is too small.
      return "UPDATE account SET balance = CASE id WHEN " + account + " THEN balance - " + amount +
             " ELSE balance + " + amount + " END WHERE id IN (" + account + ", " + number(20) + ")";
    default:
      return "DELETE FROM entry WHERE account = " + account;
  }
}

std::string Workload::list_statement() {
  const auto what = seed_.below(100);
  if (grows_ && what < 20) {
    return "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
           "INSERT INTO item(payload) SELECT printf('%.*c', 3500, 'y') FROM n";
  }
  if (grows_ && what < 35) return "DELETE FROM item";
  if (what < 35) return "INSERT INTO item(payload) VALUES('" + number(1'000'000) + "')";
  if (what < 60) {
    return "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < " +
           number(rows_) + ") INSERT INTO item(payload) SELECT printf('%0*d', " +
           number(row_bytes_) + ", i * " + number(100'000) + ") FROM n";
  }
  if (what < 65)
    return "INSERT INTO item(payload) VALUES(printf('%.*c', " + number(20'000) + ", 'x'))";
  if (what < 80) {
    return "UPDATE item SET payload = '" + number(1'000) + "' || substr(payload, 1, " +
           number(row_bytes_) + ") WHERE id % 7 = " + number(7);
  }
  if (what < 90) return "DELETE FROM item WHERE id % 3 = " + number(3);
  if (what < 95) return "DELETE FROM item WHERE id > " + number(20);
  return "DELETE FROM item";
}

std::string Workload::box_statement() {
  const auto name = number(6);
  if (seed_.chance(80)) {
    return "INSERT INTO counter VALUES('" + name +
           "', 1) ON CONFLICT(name) DO UPDATE SET value = "
           "value + " +
           number(10);
  }
  return "DELETE FROM counter WHERE name = '" + name + "'";
}

std::string Workload::query(Kind kind) {
  switch (kind) {
    case Kind::bank:
      return seed_.chance(50) ? "SELECT count(*), sum(balance) FROM account"
                              : "SELECT account, sum(amount) FROM entry GROUP BY account";
    case Kind::list:
      return seed_.chance(50) ? "SELECT count(*), sum(length(payload)), max(id) FROM item"
                              : "SELECT id, payload FROM item WHERE id % 5 = " + number(5);
    default:
      return "SELECT name, value FROM counter ORDER BY name";
  }
}

}  // namespace stead::test
