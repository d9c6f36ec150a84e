#pragma once

#include "python/pybind.h"
#include "storage/value.h"

namespace stead {

/// A new reference to the Python object of a value: None, int, float, str, bytes. Null, with
/// Python's exception set, for text that is not UTF-8.
PyObject* to_python(const SqlView& view);

/// A value on its way to SQLite, and what must live until it is bound.
class PythonValue {
 public:
  PythonValue() = default;
  PythonValue(const PythonValue&) = delete;
  PythonValue& operator=(const PythonValue&) = delete;
  ~PythonValue() {
    if (buffer_.obj) PyBuffer_Release(&buffer_);
  }

  /// None, bool, int, float, str, bytes and whatever has a buffer. False if it is of another type;
  /// throws if Python cannot give its value (an int beyond 64 bits, a lone surrogate).
  bool read(PyObject* object, SqlView& view);

 private:
  Py_buffer buffer_{};
};

/// What a function of Python's gave, for SQLite. Throws TypeError for a type that SQLite has not.
SqlValue from_python(py::handle object);

}  // namespace stead
