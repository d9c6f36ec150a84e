#include "tests/sim/subject.h"

#include <utility>

#include "runtime/instance.h"
#include "tests/sim/row_text.h"
#include "tests/sim/simulated_host.h"
#include "tests/sim/witness.h"

namespace stead::test {

namespace {

/// Thrown to undo a `transaction_sync`.
struct Undo {};

Witness& witness_of(State& state) {
  return static_cast<SimulatedHost&>(state.instance().host()).witness();
}

ObjectModel& model_of(State& state) {
  const auto& address = state.instance().address();
  return *witness_of(state).find(address.of->info.name, *address.name);
}

void write_value(RowText& out, const SqlValue& value) {
  const auto view = sql_view(value);
  switch (view.type) {
    case SqlView::Type::null:
      out.null();
      break;
    case SqlView::Type::integer:
      out.integer(view.integer);
      break;
    case SqlView::Type::real:
      out.real(view.real);
      break;
    case SqlView::Type::text:
      out.text(view.text());
      break;
    case SqlView::Type::blob:
      out.blob(view.text());
      break;
  }
}

void write_rows(RowText& out, Sql& sql, const std::string& query) {
  auto cursor = sql.exec(query);
  for (const auto& row : cursor.raw()) {
    for (const auto& value : row) write_value(out, value);
    out.end_row();
  }
}

}  // namespace

Subject::Subject(State& state)
    : DurableObject(state), witness_(witness_of(state)), model_(model_of(state)) {}

Subject::~Subject() { model_.oracle().drop_turn(); }

Task<Response> Subject::fetch(Request request) {
  auto& call = witness_.call(std::stoul(request.target.substr(1)));
  model_.turn_begins();
  if (call.caller && !witness_.blind()) call.caller->acknowledge(call.caller_commits);
  if (model_.uncertain()) check();
  for (const auto& step : call.plan->steps) {
    if (step.kind == Step::Kind::sleep) {
      co_await state().sleep(step.pause);
      model_.turn_begins();
    } else if (step.kind == Step::Kind::sync) {
      co_await storage().sync();
      model_.turn_begins();
    } else if (step.kind == Step::Kind::call) {
      co_await call_other(step);
      model_.turn_begins();
    } else {
      run(step);
    }
  }
  model_.promise(call.answer_commits);
  co_return Response::text("done");
}

Task<void> Subject::call_other(const Step& step) {
  const auto& other = witness_.models()[step.object].object();
  const auto number =
      witness_.add_call({.object = step.object, .plan = step.plan, .caller = &model_});
  model_.promise(witness_.call(number).caller_commits);
  auto stub = objects(Workload::class_name(other.kind)).get_by_name(other.name);
  auto answer = stub.fetch(Request::get("/" + std::to_string(number)));
  try {
    const auto response = co_await answer;
    const auto& call = witness_.call(number);
    if (!witness_.blind()) witness_.models()[step.object].acknowledge(call.answer_commits);
  } catch (const Error&) {
    // The other object may fail: the caller goes on.
  }
}

void Subject::run(const Step& step) {
  witness_.tell(model_.name() + " " + describe(step));
  switch (step.kind) {
    case Step::Kind::run:
    case Step::Kind::run_undone:
      run_statement(step);
      break;
    case Step::Kind::put:
      kv().put(step.text, step.value);
      model_.oracle().migrate(witness_.version);
      model_.oracle().put(step.text, step.value);
      break;
    case Step::Kind::remove:
      kv().remove(step.text);
      model_.oracle().migrate(witness_.version);
      model_.oracle().remove(step.text);
      break;
    case Step::Kind::query:
      query(step.text);
      break;
    case Step::Kind::check:
      check();
      break;
    case Step::Kind::delete_all:
      delete_all();
      break;
    case Step::Kind::part:
      state().instance().commit_part();
      break;
    case Step::Kind::abort:
      state().abort("the plan says so");
    default:
      throw std::runtime_error("the plan says so");
  }
}

void Subject::run_statement(const Step& step) {
  const bool undone = step.kind == Step::Kind::run_undone;
  std::optional<std::string> error;
  try {
    if (undone) {
      storage().transaction_sync([&] {
        sql().exec(step.text);
        throw Undo();
      });
    } else {
      sql().exec(step.text);
    }
  } catch (const Undo&) {
    // As planned.
  } catch (const SqlError& thrown) {
    error = thrown.what();
  }
  auto& oracle = model_.oracle();
  oracle.migrate(witness_.version);
  if (undone) oracle.begin_undone();
  const bool succeeds = oracle.run(step.text);
  if (undone) oracle.undo();
  if (succeeds != !error) {
    witness_.fail(model_.name() + ": " + step.text +
                  (succeeds ? " failed: " + *error : " succeeded"));
  }
}

void Subject::query(const std::string& text) {
  RowText out;
  write_rows(out, sql(), text);
  model_.oracle().migrate(witness_.version);
  const auto found = out.take();
  const auto expected = model_.oracle().query(text);
  if (found != expected) {
    witness_.fail(model_.name() + ": " + text + "\n  found     " + found + "\n  expected  " +
                  expected);
  }
}

void Subject::delete_all() {
  model_.clearing_begins();
  try {
    storage().delete_all();
  } catch (...) {
    model_.clearing_fails();
    throw;
  }
  model_.clearing_ends();
}

void Subject::check() {
  const auto found = dump();
  witness_.check(model_.compare(found, witness_.version));
  const auto failures = witness_.disk_failures();
  const auto damage = sql().rows<std::string>("PRAGMA quick_check");
  // It takes what it cannot read for damage.
  if (damage != std::vector<std::string>{"ok"} && witness_.disk_failures() == failures) {
    witness_.fail(model_.name() + ": quick_check finds damage: " + damage.front());
  }
}

std::string Subject::dump() {
  RowText out;
  write_rows(out, sql(), schema_query);
  for (const auto& table : sql().rows<std::string>(tables_query)) {
    out.title(table);
    write_rows(out, sql(), "SELECT * FROM \"" + table + '"');
  }
  out.title("kv");
  for (const auto& [key, value] : kv().list()) {
    out.text(key);
    out.text(std::get<std::string>(value));
    out.end_row();
  }
  return out.take();
}

}  // namespace stead::test
