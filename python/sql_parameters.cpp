#include "python/sql_parameters.h"

#include <string>
#include <unordered_map>

#include "base/error.h"

namespace stead {

namespace {

/// Never freed: the interpreter ends before the process's statics.
auto& adapters() {
  static auto* map = new std::unordered_map<PyTypeObject*, py::object>;
  return *map;
}

bool is_plain(PyObject* object) {
  return object == Py_None || PyUnicode_CheckExact(object) || PyLong_CheckExact(object) ||
         PyFloat_CheckExact(object) || PyBytes_CheckExact(object);
}

}  // namespace

void register_adapter(py::type type, py::object adapter) {
  auto* key = reinterpret_cast<PyTypeObject*>(type.ptr());
  // The type must not go away and leave its address to another.
  Py_INCREF(key);
  adapters()[key] = std::move(adapter);
}

SqlView* SqlParameters::reserve(std::size_t count) {
  count_ = count;
  views_ = few_.data();
  if (count > few_.size()) {
    many_.resize(count);
    views_ = many_.data();
  }
  return views_;
}

void SqlParameters::read_value(PyObject* object, std::size_t position, SqlView& view) {
  if (!is_plain(object)) {
    if (adapt_) {
      const auto found = adapters().find(Py_TYPE(object));
      if (found != adapters().end()) {
        kept_.push_back(found->second(py::handle(object)));
        object = kept_.back().ptr();
      }
    }
    auto& value = buffers_.emplace_back();
    if (value.read(object, view)) return;
    throw TypeError("Error binding parameter " + std::to_string(position + 1) + ": type '" +
                    Py_TYPE(object)->tp_name + "' is not supported");
  }
  PythonValue value;
  value.read(object, view);
}

void SqlParameters::read_sequence(PyObject* sequence) {
  sequence_ = py::reinterpret_steal<py::object>(
      PySequence_Fast(sequence, "parameters must be a sequence or a mapping"));
  PyObject* items = sequence_.ptr();
  if (!items) throw py::error_already_set();
  const auto count = static_cast<std::size_t>(PySequence_Fast_GET_SIZE(items));
  auto* views = reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    read_value(PySequence_Fast_GET_ITEM(items, static_cast<Py_ssize_t>(i)), i, views[i]);
  }
}

void SqlParameters::read_mapping(PyObject* mapping, const StatementRun& run) {
  const auto count = static_cast<std::size_t>(run.parameters());
  auto* views = reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto name = run.parameter_name(static_cast<int>(i + 1));
    if (name.empty()) {
      throw SqlError("Binding " + std::to_string(i + 1) +
                     " has no name, but you supplied a dictionary (which has only names).");
    }
    name.remove_prefix(1);
    const py::str key(name.data(), name.size());
    auto item = py::reinterpret_steal<py::object>(PyObject_GetItem(mapping, key.ptr()));
    if (!item) {
      if (!PyErr_ExceptionMatches(PyExc_LookupError)) throw py::error_already_set();
      PyErr_Clear();
      throw SqlError("You did not supply a value for binding parameter :" + std::string(name) +
                     ".");
    }
    kept_.push_back(std::move(item));
    read_value(kept_.back().ptr(), i, views[i]);
  }
}

void SqlParameters::read(PyObject* parameters, const StatementRun& run) {
  buffers_.clear();
  kept_.clear();
  const bool sequence =
      PyTuple_Check(parameters) || PyList_Check(parameters) || !PyMapping_Check(parameters);
  if (sequence) {
    read_sequence(parameters);
  } else if (PyDict_Check(parameters) || !PySequence_Check(parameters)) {
    read_mapping(parameters, run);
  } else {
    read_sequence(parameters);
  }
}

}  // namespace stead
