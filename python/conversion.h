#pragma once

#include <pybind11/pybind11.h>

#include <optional>

#include "base/error.h"
#include "runtime/request.h"
#include "runtime/response.h"

namespace stead {

// Values that cross between C++ and Python. Header fields are bytes: Python sees them as Latin-1
// text, as PEP 3333 has it. All require the interpreter's lock.

/// (method, absolute URL, [(name, value)], body, client's address)
pybind11::tuple request_to_python(Request& request);
/// From the same. Throws `TypeError`.
Request request_from_python(const pybind11::tuple& parts);
/// (status, reason, [(name, value)], body)
pybind11::tuple response_to_python(Response& response);
Response response_from_python(const pybind11::tuple& parts);

/// The C++ or Python exception being handled, as an `Error`. Call it inside a `catch` only.
Error error_from_python();
/// A Python exception, as an `Error`: "ValueError: text", or what a `RemoteError` carries.
Error error_of(const pybind11::object& exception);
/// An instance of `_stead.RemoteError`, or None.
pybind11::object error_to_python(const std::optional<Error>& error);
/// The exception with its traceback, as text for the log.
std::string traceback_of(const pybind11::object& exception);

}  // namespace stead
