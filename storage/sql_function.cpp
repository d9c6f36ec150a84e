#include "storage/sql_function.h"

#include <sqlite3.h>

#include <array>
#include <exception>
#include <vector>

#include "base/error.h"

namespace stead {

namespace {

SqlView view_of(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return SqlView::of_integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return SqlView::of_real(sqlite3_value_double(value));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      return SqlView::of_text({text, static_cast<std::size_t>(sqlite3_value_bytes(value))});
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_value_blob(value));
      return SqlView::of_blob({bytes, static_cast<std::size_t>(sqlite3_value_bytes(value))});
    }
    default:
      return {};
  }
}

/// The arguments of one call; up to eight cost no allocation.
class Arguments {
 public:
  Arguments(int count, sqlite3_value** values) {
    const auto size = static_cast<std::size_t>(count);
    SqlView* target = few_.data();
    if (size > few_.size()) {
      many_.resize(size);
      target = many_.data();
    }
    for (std::size_t i = 0; i < size; ++i) target[i] = view_of(values[i]);
    span_ = {target, size};
  }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  std::span<const SqlView> span() const { return span_; }

 private:
  std::array<SqlView, 8> few_;
  std::vector<SqlView> many_;
  std::span<const SqlView> span_;
};

void give(sqlite3_context* context, const SqlView& value) {
  switch (value.type) {
    case SqlView::Type::null:
      return sqlite3_result_null(context);
    case SqlView::Type::integer:
      return sqlite3_result_int64(context, value.integer);
    case SqlView::Type::real:
      return sqlite3_result_double(context, value.real);
    case SqlView::Type::text:
      return sqlite3_result_text64(context, value.data ? value.text().data() : "", value.size,
                                   SQLITE_TRANSIENT, SQLITE_UTF8);
    case SqlView::Type::blob:
      return sqlite3_result_blob64(context, value.data ? value.data : "", value.size,
                                   SQLITE_TRANSIENT);
  }
}

/// Runs `body`; what it throws becomes the statement's error.
template <class Body>
void guarded(sqlite3_context* context, Body&& body) {
  try {
    body();
  } catch (...) {
    const auto error = current_error();
    sqlite3_result_error(context, error.what(), -1);
  }
}

const SqlFunction& function_of(sqlite3_context* context) {
  return *static_cast<const SqlFunction*>(sqlite3_user_data(context));
}

void call_scalar(sqlite3_context* context, int count, sqlite3_value** values) {
  guarded(context, [&] {
    const Arguments arguments(count, values);
    const auto result = function_of(context).call(arguments.span());
    give(context, sql_view(result));
  });
}

void step_aggregate(sqlite3_context* context, int count, sqlite3_value** values) {
  auto** group =
      static_cast<SqlAggregate**>(sqlite3_aggregate_context(context, sizeof(SqlAggregate*)));
  if (!group) return sqlite3_result_error_nomem(context);
  guarded(context, [&] {
    if (!*group) *group = function_of(context).begin_group().release();
    const Arguments arguments(count, values);
    (*group)->step(arguments.span());
  });
}

void finish_aggregate(sqlite3_context* context) {
  auto** held = static_cast<SqlAggregate**>(sqlite3_aggregate_context(context, 0));
  if (!held || !*held) return sqlite3_result_null(context);
  const std::unique_ptr<SqlAggregate> group(*held);
  *held = nullptr;
  guarded(context, [&] {
    const auto result = group->finish();
    give(context, sql_view(result));
  });
}

}  // namespace

int add_to_sqlite(sqlite3* connection, const SqlFunction& function) {
  const int flags = SQLITE_UTF8 | (function.deterministic ? SQLITE_DETERMINISTIC : 0);
  const bool scalar = static_cast<bool>(function.call);
  return sqlite3_create_function_v2(
      connection, function.name.c_str(), function.arity, flags, const_cast<SqlFunction*>(&function),
      scalar ? &call_scalar : nullptr, scalar ? nullptr : &step_aggregate,
      scalar ? nullptr : &finish_aggregate, nullptr);
}

int remove_from_sqlite(sqlite3* connection, const std::string& name, int arity) {
  return sqlite3_create_function_v2(connection, name.c_str(), arity, SQLITE_UTF8, nullptr, nullptr,
                                    nullptr, nullptr, nullptr);
}

}  // namespace stead
