#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <span>
#include <vector>

#include "python/pybind.h"
#include "python/sql_values.h"
#include "storage/statement_run.h"

namespace stead {

/// The arguments of a statement as Python gives them: a sequence by position, or a mapping by name.
///
/// Lifetime: it, and what it was made from, until the arguments are bound.
class SqlParameters {
 public:
  /// With `adapt`, values of types that SQLite has not go through the adapters that are registered.
  explicit SqlParameters(bool adapt) : adapt_(adapt) {}
  SqlParameters(const SqlParameters&) = delete;
  SqlParameters& operator=(const SqlParameters&) = delete;

  void read(PyObject* parameters, const StatementRun& run);
  std::span<const SqlView> views() const { return {views_, count_}; }

 private:
  SqlView* reserve(std::size_t count);
  void read_value(PyObject* object, std::size_t position, SqlView& view);
  void read_sequence(PyObject* sequence);
  void read_mapping(PyObject* mapping, const StatementRun& run);

  const bool adapt_;
  std::array<SqlView, 16> few_;
  std::vector<SqlView> many_;
  SqlView* views_ = nullptr;
  std::size_t count_ = 0;
  /// What came of sequences, adapters and mappings, and buffers in use.
  py::object sequence_;
  std::vector<py::object> kept_;
  std::list<PythonValue> buffers_;
};

/// Values of exactly this type are replaced by what `adapter` gives for them.
void register_adapter(py::type type, py::object adapter);

}  // namespace stead
