#include "storage/guard.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <span>

#include "storage/sql_function.h"

namespace stead {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

template <std::size_t size>
bool contains(const std::array<std::string_view, size>& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view entry) { return same_text(entry, name); });
}

template <class... Names>
constexpr std::array<std::string_view, sizeof...(Names)> names(Names... each) {
  return {each...};
}

constexpr auto functions = names(
    // Scalars.
    "abs", "changes", "char", "coalesce", "concat", "concat_ws", "format", "glob", "hex", "ifnull",
    "iif", "instr", "last_insert_rowid", "length", "like", "likelihood", "likely", "lower", "ltrim",
    "max", "min", "nullif", "octet_length", "printf", "quote", "random", "randomblob", "replace",
    "round", "rtrim", "sign", "soundex", "substr", "substring", "total_changes", "trim", "typeof",
    "unhex", "unicode", "unlikely", "upper", "zeroblob",
    // Dates.
    "date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff", "current_date",
    "current_time", "current_timestamp",
    // Aggregates and windows.
    "avg", "count", "group_concat", "string_agg", "sum", "total", "row_number", "rank",
    "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value",
    "nth_value",
    // Mathematics.
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "cos", "cosh", "degrees",
    "exp", "floor", "ln", "log", "log2", "mod", "pi", "pow", "radians", "sin", "sinh", "sqrt",
    "tan", "tanh", "trunc",
    // JSON.
    "json", "jsonb", "json_array", "jsonb_array", "json_array_length", "json_extract",
    "jsonb_extract", "->", "->>", "json_insert", "jsonb_insert", "json_object", "jsonb_object",
    "json_patch", "jsonb_patch", "json_remove", "jsonb_remove", "json_replace", "jsonb_replace",
    "json_set", "jsonb_set", "json_type", "json_valid", "json_quote", "json_group_array",
    "jsonb_group_array", "json_group_object", "jsonb_group_object", "json_each", "json_tree",
    // Full text and R-trees.
    "match", "highlight", "bm25", "snippet", "rtreecheck",
    // What ALTER TABLE calls by itself.
    "sqlite_rename_column", "sqlite_rename_table", "sqlite_rename_test", "sqlite_drop_column",
    "sqlite_rename_quotefix");

/// Harmless ones that Durable Objects lack.
constexpr auto native_functions =
    names("ceiling", "power", "log10", "json_pretty", "json_error_position", "sqlite_version");

constexpr auto modules = names("fts5", "fts5vocab", "rtree", "rtree_i32");

/// Built-in tables that would show pages or statements of ours.
constexpr auto hidden_tables = names("dbstat", "sqlite_dbpage", "sqlite_stmt", "fts3tokenize");

constexpr auto read_pragmas = names("data_version", "page_size");
constexpr auto boolean_pragmas =
    names("case_sensitive_like", "foreign_keys", "defer_foreign_keys", "ignore_check_constraints",
          "legacy_alter_table", "recursive_triggers", "reverse_unordered_selects");
constexpr auto booleans = names("on", "off", "yes", "no", "true", "false", "1", "0");
constexpr auto named_pragmas =
    names("table_list", "table_info", "table_xinfo", "foreign_key_check", "foreign_key_list",
          "index_info", "index_list", "index_xinfo", "quick_check", "optimize");

constexpr auto schema_tables =
    names("sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema");

struct Limit {
  int category;
  int value;
};

constexpr std::array<Limit, 12> reference_limits{{
    {SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024},
    {SQLITE_LIMIT_SQL_LENGTH, 100'000},
    {SQLITE_LIMIT_COLUMN, 100},
    {SQLITE_LIMIT_EXPR_DEPTH, 100},
    {SQLITE_LIMIT_COMPOUND_SELECT, 5},
    {SQLITE_LIMIT_VDBE_OP, 25'000},
    {SQLITE_LIMIT_FUNCTION_ARG, 127},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 100},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
}};

/// The rest is as SQLite was built.
constexpr std::array<Limit, 3> native_limits{{
    {SQLITE_LIMIT_VARIABLE_NUMBER, 32'766},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
}};

constexpr const char* use_transaction_sync =
    "transactions are opened and committed for you; to undo on failure, use transaction_sync()";

std::string_view view(const char* text) { return text ? std::string_view(text) : ""; }

}  // namespace

bool is_reserved_name(std::string_view name) {
  return same_text(name.substr(0, 7), "_stead_") || same_text(name.substr(0, 4), "_cf_");
}

void Guard::attach(sqlite3* connection) {
  const auto limits = limits_ == SqlLimits::native ? std::span<const Limit>(native_limits)
                                                   : std::span<const Limit>(reference_limits);
  for (const auto& limit : limits) sqlite3_limit(connection, limit.category, limit.value);
  sqlite3_set_authorizer(connection, &Guard::authorize, this);
}

int Guard::authorize(void* self, int action, const char* first, const char* second,
                     const char* database, const char*) {
  auto& guard = *static_cast<Guard*>(self);
  if (guard.trust_ == Trust::trusted) return SQLITE_OK;
  if (action == SQLITE_PRAGMA) {
    return guard.allows_pragma(view(first), view(second), second != nullptr) ? SQLITE_OK
                                                                             : SQLITE_DENY;
  }
  return guard.allows(action, view(first), view(second), view(database)) ? SQLITE_OK : SQLITE_DENY;
}

bool Guard::allows(int action, std::string_view first, std::string_view second,
                   std::string_view database) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
    // ANALYZE and REINDEX without a name visit every table, ours included, and harm none.
    case SQLITE_ANALYZE:
    case SQLITE_REINDEX:
      return true;
    case SQLITE_FUNCTION:
      return contains(functions, second) || has_function(second) ||
             (limits_ == SqlLimits::native && contains(native_functions, second));
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return refuse(use_transaction_sync);
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
      return refuse("ATTACH, DETACH and VACUUM are not available: an object has one database");
    case SQLITE_CREATE_TEMP_INDEX:
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_CREATE_TEMP_TRIGGER:
    case SQLITE_CREATE_TEMP_VIEW:
    case SQLITE_DROP_TEMP_INDEX:
    case SQLITE_DROP_TEMP_TABLE:
    case SQLITE_DROP_TEMP_TRIGGER:
    case SQLITE_DROP_TEMP_VIEW:
      return refuse("temporary tables are not available: an object sleeps and loses them");
    case SQLITE_ALTER_TABLE:
      seen_.alters = true;
      if (!same_text(first, "main")) return false;
      return !is_reserved_name(second) || refuse("names that begin with _stead_ are reserved");
    case SQLITE_CREATE_VTABLE:
      if (!contains(modules, second)) {
        return refuse("virtual tables may use fts5, fts5vocab, rtree and rtree_i32");
      }
      break;
    default:
      break;
  }
  const bool schema_of_temp = database == "temp" && contains(schema_tables, first) &&
                              (action == SQLITE_READ || action == SQLITE_UPDATE);
  if (!database.empty() && database != "main" && !schema_of_temp) return false;
  // The second text names a table only where an index or a trigger is meant; else it is a column.
  const bool second_is_table = action == SQLITE_CREATE_INDEX || action == SQLITE_CREATE_TRIGGER ||
                               action == SQLITE_DROP_INDEX || action == SQLITE_DROP_TRIGGER;
  if (is_reserved_name(first) || (second_is_table && is_reserved_name(second))) {
    return refuse("names that begin with _stead_ or _cf_ are reserved");
  }
  return !contains(hidden_tables, first);
}

bool Guard::has_function(std::string_view name) const {
  return std::any_of(functions_.begin(), functions_.end(),
                     [&](const auto& function) { return same_text(function->name, name); });
}

bool Guard::allows_pragma(std::string_view name, std::string_view argument, bool has_argument) {
  seen_.pragma = true;
  if (contains(read_pragmas, name) && !has_argument) return true;
  if (contains(boolean_pragmas, name) && (!has_argument || contains(booleans, argument))) {
    seen_.defers_foreign_keys = has_argument && same_text(name, "defer_foreign_keys");
    return true;
  }
  if (contains(named_pragmas, name) && !is_reserved_name(argument)) return true;
  return refuse("PRAGMA " + std::string(name) + " is not available in this form to an object");
}

bool Guard::refuse(std::string why) {
  if (refusal_.empty()) refusal_ = std::move(why);
  return false;
}

}  // namespace stead
