#include "storage/value.h"

#include "base/error.h"

namespace stead {

namespace {

const char* storage_class(SqlView::Type type) {
  switch (type) {
    case SqlView::Type::null:
      return "NULL";
    case SqlView::Type::integer:
      return "INTEGER";
    case SqlView::Type::real:
      return "REAL";
    case SqlView::Type::text:
      return "TEXT";
    case SqlView::Type::blob:
      return "BLOB";
  }
  return "?";
}

}  // namespace

SqlValue SqlView::to_value() const {
  switch (type) {
    case Type::null:
      return nullptr;
    case Type::integer:
      return integer;
    case Type::real:
      return real;
    case Type::text:
      return std::string(text());
    case Type::blob:
      return Bytes(blob().begin(), blob().end());
  }
  return nullptr;
}

namespace sql_internal {

void unsigned_too_large(std::uint64_t value) {
  throw RangeError("cannot bind " + std::to_string(value) +
                   ": SQLite integers end at 9223372036854775807; bind it as a string");
}

void cannot_read(SqlReadResult result, const SqlView& view, const char* wanted,
                 std::string_view column) {
  const std::string name(column);
  if (result == SqlReadResult::out_of_range) {
    throw RangeError("column " + name + " holds " + std::to_string(view.integer) +
                     ", which does not fit the type that was asked for: use a wider one");
  }
  std::string text = "column " + name + " holds " + storage_class(view.type) + ", but " + wanted +
                     " was asked for";
  if (view.type == SqlView::Type::null) text += ": use std::optional, or COALESCE in the query";
  throw TypeError(text);
}

}  // namespace sql_internal

}  // namespace stead
