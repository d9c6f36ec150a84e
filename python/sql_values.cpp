#include "python/sql_values.h"

#include <string>

#include "base/error.h"

namespace stead {

PyObject* to_python(const SqlView& view) {
  switch (view.type) {
    case SqlView::Type::null:
      Py_RETURN_NONE;
    case SqlView::Type::integer:
      return PyLong_FromLongLong(view.integer);
    case SqlView::Type::real:
      return PyFloat_FromDouble(view.real);
    case SqlView::Type::text:
      return PyUnicode_DecodeUTF8(static_cast<const char*>(view.data),
                                  static_cast<Py_ssize_t>(view.size), nullptr);
    case SqlView::Type::blob:
      return PyBytes_FromStringAndSize(static_cast<const char*>(view.data),
                                       static_cast<Py_ssize_t>(view.size));
  }
  Py_RETURN_NONE;
}

namespace {

SqlView read_int(PyObject* object) {
  int overflow = 0;
  const auto value = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (overflow) throw RangeError("Python int too large to convert to SQLite INTEGER");
  if (value == -1 && PyErr_Occurred()) throw py::error_already_set();
  return SqlView::of_integer(value);
}

SqlView read_text(PyObject* object) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object, &size);
  if (!text) throw py::error_already_set();
  return SqlView::of_text({text, static_cast<std::size_t>(size)});
}

}  // namespace

bool PythonValue::read(PyObject* object, SqlView& view) {
  if (object == Py_None) {
    view = {};
  } else if (PyUnicode_Check(object)) {
    view = read_text(object);
  } else if (PyLong_Check(object)) {
    view = read_int(object);
  } else if (PyFloat_Check(object)) {
    view = SqlView::of_real(PyFloat_AS_DOUBLE(object));
  } else if (PyBytes_CheckExact(object)) {
    view = SqlView::of_blob({reinterpret_cast<const std::uint8_t*>(PyBytes_AS_STRING(object)),
                             static_cast<std::size_t>(PyBytes_GET_SIZE(object))});
  } else if (PyObject_CheckBuffer(object)) {
    if (PyObject_GetBuffer(object, &buffer_, PyBUF_SIMPLE) != 0) throw py::error_already_set();
    view = SqlView::of_blob(
        {static_cast<const std::uint8_t*>(buffer_.buf), static_cast<std::size_t>(buffer_.len)});
  } else {
    return false;
  }
  return true;
}

SqlValue from_python(py::handle object) {
  PythonValue value;
  SqlView view;
  if (!value.read(object.ptr(), view)) {
    throw TypeError("a value of type '" + std::string(Py_TYPE(object.ptr())->tp_name) +
                    "' cannot be given to SQLite");
  }
  return view.to_value();
}

}  // namespace stead
