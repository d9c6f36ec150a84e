#include "python/sql_exceptions.h"

#include <string>
#include <string_view>

#include "storage/sqlite_error.h"

namespace stead {

namespace {

// Never freed: the interpreter ends before the process's statics.
PyObject* sql_error_type = nullptr;
PyObject* storage_error_type = nullptr;
PyObject* dbapi_exceptions = nullptr;

PyObject* new_exception(py::module_& module, const char* name, const char* text) {
  const auto full = "_stead." + std::string(name);
  PyObject* type = PyErr_NewExceptionWithDoc(full.c_str(), text, PyExc_Exception, nullptr);
  if (!type) throw py::error_already_set();
  py::setattr(type, "code", py::str(""));
  py::setattr(type, "errorcode", py::int_(0));
  module.add_object(name, py::reinterpret_borrow<py::object>(type));
  return type;
}

void set_error(PyObject* type, const std::string& text, int code) {
  try {
    auto exception = py::reinterpret_borrow<py::object>(type)(text);
    exception.attr("code") = code ? sqlite_extended_code_name(code) : std::string();
    exception.attr("errorcode") = code;
    // As Python's sqlite3 calls it.
    exception.attr("sqlite_errorcode") = code;
    exception.attr("sqlite_errorname") = exception.attr("code");
    PyErr_SetObject(type, exception.ptr());
  } catch (py::error_already_set& error) {
    error.restore();
  }
}

/// SQLite's own words, without what is put behind them.
std::string_view bare_text(std::string_view text) {
  text = text.substr(0, text.find(": SQLITE_"));
  return text.substr(0, text.rfind(" at offset "));
}

const char* dbapi_name(const Error& error) {
  switch (error.sqlite_code() & 0xff) {
    case 0:
      return error.code() == ErrorCode::storage ? "OperationalError" : "ProgrammingError";
    case 2:   // SQLITE_INTERNAL
    case 12:  // SQLITE_NOTFOUND
      return "InternalError";
    case 11:  // SQLITE_CORRUPT
      return "DatabaseError";
    case 18:  // SQLITE_TOOBIG
      return "DataError";
    case 19:  // SQLITE_CONSTRAINT
    case 20:  // SQLITE_MISMATCH
      return "IntegrityError";
    case 21:  // SQLITE_MISUSE
    case 25:  // SQLITE_RANGE
      return "InterfaceError";
    case 23:  // SQLITE_AUTH
      return "DatabaseError";
    default:
      return "OperationalError";
  }
}

void translate(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const Error& error) {
    set_python_error(error);
  }
}

}  // namespace

void register_sql_exceptions(py::module_& module) {
  sql_error_type = new_exception(module, "SqlError", "SQLite refused a statement.");
  storage_error_type =
      new_exception(module, "StorageError", "The disk failed, or the database is closed.");
  py::register_exception_translator(&translate);
}

void set_python_error(const Error& error) {
  switch (error.code()) {
    case ErrorCode::sql:
      return set_error(sql_error_type, error.what(), error.sqlite_code());
    case ErrorCode::storage:
      return set_error(storage_error_type, error.what(), error.sqlite_code());
    case ErrorCode::type:
      return PyErr_SetString(PyExc_TypeError, error.what());
    case ErrorCode::range:
      return PyErr_SetString(PyExc_OverflowError, error.what());
    default:
      return PyErr_SetString(PyExc_RuntimeError, error.what());
  }
}

void set_dbapi_exceptions(py::dict exceptions) {
  Py_XDECREF(std::exchange(dbapi_exceptions, exceptions.release().ptr()));
}

void set_dbapi_error(const Error& error) {
  const bool of_sqlite = error.code() == ErrorCode::sql || error.code() == ErrorCode::storage;
  const bool of_type = error.code() == ErrorCode::type;
  if (!dbapi_exceptions || !(of_sqlite || of_type)) return set_python_error(error);
  auto* type =
      PyDict_GetItemString(dbapi_exceptions, of_type ? "ProgrammingError" : dbapi_name(error));
  if (!type) return set_python_error(error);
  set_error(type, std::string(bare_text(error.what())), error.sqlite_code());
}

}  // namespace stead
