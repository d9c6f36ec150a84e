#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "python/pybind.h"
#include "storage/sql_function.h"

namespace stead {

/// A function of Python's for SQL: takes and gives None, int, float, str and bytes.
std::shared_ptr<const SqlFunction> python_function(std::string name, int arity, py::object call,
                                                   bool deterministic);

/// The same, which `native` answers where it can.
std::shared_ptr<const SqlFunction> python_function(
    std::string name, int arity, py::object call, bool deterministic,
    std::optional<SqlValue> (*native)(std::span<const SqlView>));

/// An aggregate of Python's: a class with `step(*values)` and `finalize()`.
std::shared_ptr<const SqlFunction> python_aggregate(std::string name, int arity, py::object type);

}  // namespace stead
