#include "python/conversion.h"

#include <string_view>
#include <utility>

#include "python/python_body.h"
#include "python/python_object.h"

namespace stead {

namespace py = pybind11;

namespace {

py::str latin1(std::string_view text) {
  auto* decoded =
      PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr);
  if (!decoded) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(decoded);
}

std::string from_latin1(py::handle text) {
  const auto bytes = py::reinterpret_steal<py::bytes>(PyUnicode_AsLatin1String(text.ptr()));
  if (!bytes) throw py::error_already_set();
  return bytes;
}

py::list headers_to_python(const Headers& headers) {
  py::list fields;
  for (const auto& [name, value] : headers)
    fields.append(py::make_tuple(latin1(name), latin1(value)));
  return fields;
}

Headers headers_from_python(py::handle fields) {
  Headers headers;
  for (const auto field : fields) {
    const auto pair = py::reinterpret_borrow<py::sequence>(field);
    headers.append(from_latin1(pair[0]), from_latin1(pair[1]));
  }
  return headers;
}

std::string body_from_python(py::handle body) {
  if (body.is_none()) return {};
  if (PyUnicode_Check(body.ptr())) return body.cast<std::string>();
  const auto bytes = py::reinterpret_steal<py::bytes>(PyBytes_FromObject(body.ptr()));
  if (!bytes) throw py::error_already_set();
  return bytes;
}

/// A stream stays with the object whose turn this is.
py::object body_to_python(const std::string& body, BodyStream& stream) {
  if (!stream) return py::bytes(body);
  return py::cast(PythonObject::require_current().keep_body(std::exchange(stream, {})));
}

/// Bytes, a body that was received, or a stream of Python's.
void take_body(const py::object& given, std::string& body, BodyStream& stream) {
  if (py::isinstance<PythonBody>(given)) {
    stream = given.cast<PythonBody&>().take();
  } else if (py::hasattr(given, "next_chunk")) {
    auto& object = PythonObject::require_current();
    stream = BodyStream(std::make_unique<PythonBodySource>(object, PyHandle(given)));
  } else {
    body = body_from_python(given);
  }
}

/// "http://host:port/path?query" into the two parts that a request has.
void take_url(Request& request, const std::string& url) {
  const auto scheme = url.find("://");
  if (url.starts_with("https:")) request.scheme = "https";
  if (scheme == url.npos) {
    throw TypeError("the URL of a request must be absolute, as in \"http://object/path\", not \"" +
                    url + "\"");
  }
  const auto host = scheme + 3;
  const auto path = url.find_first_of("/?#", host);
  request.target = path == url.npos ? "/" : url.substr(path, url.find('#', path) - path);
  if (!request.target.starts_with('/')) request.target.insert(0, "/");
  if (!request.headers.has("Host")) {
    request.headers.append("Host", url.substr(host, path == url.npos ? path : path - host));
  }
}

std::string text_of(py::handle object) {
  const auto text = py::reinterpret_steal<py::object>(PyObject_Str(object.ptr()));
  if (text) return text.cast<std::string>();
  PyErr_Clear();
  return "(an exception that cannot be shown)";
}

}  // namespace

py::tuple request_to_python(Request& request) {
  const auto host = request.headers.get("Host").value_or("localhost");
  const auto url = std::string(request.scheme) + "://" + std::string(host) + request.target;
  return py::make_tuple(latin1(request.method), latin1(url), headers_to_python(request.headers),
                        body_to_python(request.body, request.stream), request.client_address);
}

Request request_from_python(const py::tuple& parts) {
  Request request;
  request.method = from_latin1(parts[0]);
  request.headers = headers_from_python(parts[2]);
  take_body(parts[3], request.body, request.stream);
  take_url(request, from_latin1(parts[1]));
  if (parts.size() > 4) request.client_address = parts[4].cast<std::string>();
  return request;
}

py::tuple response_to_python(Response& response) {
  return py::make_tuple(response.status, "", headers_to_python(response.headers),
                        body_to_python(response.body, response.stream));
}

Response response_from_python(const py::tuple& parts) {
  Response response;
  response.status = parts[0].cast<int>();
  response.headers = headers_from_python(parts[2]);
  take_body(parts[3], response.body, response.stream);
  return response;
}

Error error_of(const py::object& exception) {
  const auto module = py::module_::import("_stead");
  if (py::isinstance(exception, module.attr("RemoteError"))) {
    Error error(ErrorCode::exception, text_of(exception));
    error.set_retryable(exception.attr("retryable").cast<bool>());
    error.set_object_reset(exception.attr("object_reset").cast<bool>());
    return error;
  }
  if (py::isinstance(exception, module.attr("TimeLimitExceeded"))) {
    return OverloadedError(
        "its code ran for longer than python.cpu_limit or python.wall_limit allows, so the object "
        "was reset: do less in one event, or raise the limit");
  }
  const auto type = py::type::of(exception).attr("__name__").cast<std::string>();
  const auto text = text_of(exception);
  return Error(ErrorCode::exception, text.empty() ? type : type + ": " + text);
}

Error error_from_python() {
  try {
    throw;
  } catch (py::error_already_set& raised) {
    return error_of(py::reinterpret_borrow<py::object>(raised.value()));
  } catch (...) {
    return current_error();
  }
}

py::object error_to_python(const std::optional<Error>& error) {
  if (!error) return py::none();
  auto exception = py::module_::import("_stead").attr("RemoteError")(error->what());
  exception.attr("code") = std::string(to_string(error->code()));
  exception.attr("retryable") = error->retryable();
  exception.attr("overloaded") = error->overloaded();
  exception.attr("object_reset") = error->object_reset();
  return exception;
}

std::string traceback_of(const py::object& exception) {
  const auto lines = py::module_::import("traceback").attr("format_exception")(exception);
  auto text = py::str("").attr("join")(lines).cast<std::string>();
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace stead
