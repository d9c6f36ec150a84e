#include "storage/sql.h"

#include "storage/database.h"

namespace stead {

StatementRun Sql::start(std::string_view sql, std::span<const SqlView> bindings) {
  return StatementRun(database_, sql, bindings, Trust::app);
}

void Sql::no_row() { throw SqlError("expected exactly one row, but the query gave none"); }

void Sql::several_rows() { throw SqlError("expected exactly one row, but the query gave more"); }

void Sql::wrong_columns(int expected, int given) {
  throw TypeError("the query gives " + std::to_string(given) + " columns, but " +
                  std::to_string(expected) + " types were given: name one type for each column");
}

std::int64_t Sql::database_size() const { return database_.size(); }

}  // namespace stead
