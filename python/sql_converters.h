#pragma once

#include <string_view>

#include "python/pybind.h"
#include "storage/statement_run.h"

namespace stead {

/// What makes a Python object of a column's text, by the type that the table declares for it.
struct SqlConverter {
  enum class Kind : std::uint8_t {
    call,      ///< `call` with the bytes of the text
    boolean,   ///< whether the text is "1"
    date,      ///< as Python's isoformat() gives it; `call` for any other form
    time,
    datetime,
  };
  Kind kind;
  py::object call;
};

/// Columns declared with this type, in any case, are converted. `kind` is "", "bool", "date",
/// "time" or "datetime".
void register_converter(std::string_view type, py::object call, std::string_view kind);

/// The converter of a column, for ever; null if it needs none.
const SqlConverter* find_converter(std::string_view declared_type);

/// A new reference to the object of a column, which is not NULL; null with Python's exception set.
PyObject* convert(const SqlConverter& converter, const StatementRun& run, int column);

}  // namespace stead
