#include <pybind11/embed.h>
#include <pybind11/stl.h>

#include "base/bytes.h"
#include "python/conversion.h"
#include "python/database_module.h"
#include "python/native_key_values.h"
#include "python/native_module.h"
#include "python/object_sql_home.h"
#include "python/python_body.h"
#include "python/python_object.h"
#include "python/sql_connection.h"
#include "runtime/host.h"

namespace stead {

namespace py = pybind11;

namespace {

using Handle = std::shared_ptr<PythonObjectHandle>;
using Event = std::shared_ptr<PythonEvent>;

PythonObject& object() { return PythonObject::require_current(); }

py::object kind_of(const PythonEvent& event) {
  switch (event.kind) {
    case PythonEvent::Kind::fetch:
      return py::str("fetch");
    case PythonEvent::Kind::rpc:
      return py::str("rpc");
    case PythonEvent::Kind::manage:
      return py::str("manage");
    case PythonEvent::Kind::chunk:
      return py::str("chunk");
  }
  return py::none();
}

void resolve(const Event& event, const py::object& value) {
  if (event->kind == PythonEvent::Kind::fetch) {
    event->response = response_from_python(value.cast<py::tuple>());
  } else if (event->kind == PythonEvent::Kind::chunk) {
    if (!value.is_none()) event->chunk = value.cast<std::string>();
  } else {
    event->result = value.cast<std::string>();
  }
  object().settle(event);
}

void reject(const Event& event, const py::object& exception) { object().reject(event, exception); }

void log(const std::string& level, const std::string& text) {
  const auto as_level = level == "debug"     ? LogLevel::debug
                        : level == "warning" ? LogLevel::warning
                        : level == "error"   ? LogLevel::error
                                             : LogLevel::info;
  object().log(as_level, text);
}

Id id_of(const std::string& class_name, const std::string& hex,
         const std::optional<std::string>& name) {
  const auto id = object().id_from_string(class_name, hex);
  return name ? Id(id.value(), *name) : id;
}

void fetch(const std::string& class_name, const std::string& hex,
           const std::optional<std::string>& name, const py::tuple& request, py::object callback) {
  object().begin_fetch(class_name, id_of(class_name, hex, name), request_from_python(request),
                       PyHandle(std::move(callback)));
}

void call(const std::string& class_name, const std::string& hex,
          const std::optional<std::string>& name, const std::string& method,
          const std::string& arguments, py::object callback) {
  object().begin_call(class_name, id_of(class_name, hex, name), method, arguments,
                      PyHandle(std::move(callback)));
}

py::object storage() {
  auto& connection = object().connection();
  if (!connection) {
    object().store();  // Refuses where there is none.
    auto home = std::make_unique<ObjectSqlHome>(object().handle());
    connection = PyHandle(py::cast(std::make_unique<SqlConnection>(std::move(home))));
  }
  return connection.get();
}

void add_types(py::module_& module) {
  py::class_<PythonObjectHandle, Handle>(module, "Object")
      .def_readonly("class_name", &PythonObjectHandle::class_name)
      .def_readonly("id", &PythonObjectHandle::id)
      .def_readonly("name", &PythonObjectHandle::name)
      .def_property_readonly("alive", [](const Handle& self) { return self->object != nullptr; })
      .def_property_readonly("state", [](const Handle& self) {
        if (!self->state) self->state = PyHandle(py::dict());
        return self->state.get();
      });
  py::class_<PythonEvent, Event>(module, "Event")
      .def_property_readonly("kind", [](const Event& self) { return kind_of(*self); })
      .def_property_readonly("request",
                             [](const Event& self) { return request_to_python(self->request); })
      .def_readonly("method", &PythonEvent::method)
      .def_readonly("args", &PythonEvent::arguments)
      .def("resolve", &resolve)
      .def("reject", &reject);
}

void add_errors(py::module_& module) {
  py::exec(R"(
class RemoteError(Exception):
    """An error of another object, or of the runtime on the way to it."""
    code = "exception"
    retryable = False
    overloaded = False
    object_reset = False

class ResetError(BaseException):
    """The object is being thrown away: let it pass."""

class TimeLimitExceeded(BaseException):
    """The code ran for longer than it may: let it pass."""
)",
           module.attr("__dict__"));
  py::register_exception_translator([](std::exception_ptr exception) {
    try {
      if (exception) std::rethrow_exception(exception);
    } catch (const ResetError& error) {
      PyErr_SetString(py::module_::import("_stead").attr("ResetError").ptr(), error.what());
    }
  });
}

void add_functions(py::module_& module) {
  module.def("current", []() -> Handle {
    auto* current = PythonObject::current();
    return current ? current->handle() : nullptr;
  });
  module.def("log", &log);
  module.def("id_from_name", [](const std::string& class_name, const std::string& name) {
    return object().id_from_name(class_name, name).to_string();
  });
  module.def("new_unique_id", [](const std::string& class_name) {
    return object().new_unique_id(class_name).to_string();
  });
  module.def("check_id", [](const std::string& class_name, const std::string& hex) {
    return object().id_from_string(class_name, hex).to_string();
  });
  module.def("fetch", &fetch);
  module.def("call", &call);
  module.def("sleep", [](double seconds, py::object callback) {
    const auto pause = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
    return object().begin_sleep(pause, PyHandle(std::move(callback)));
  });
  module.def("cancel_sleep", [](std::uint64_t number) { object().cancel_sleep(number); });
  module.def("sync",
             [](py::object callback) { object().begin_sync(PyHandle(std::move(callback))); });
  module.def("fiber", [] { return object().strand(); });
  module.def("park", [] { object().park(); });
  module.def("unpark", [](std::uint64_t strand) { object().unpark(strand); });
  module.def("storage", &storage);
  module.def("enter_section", [] { return object().enter_section(); });
  module.def("leave_section", [](InputGate::Section section) { object().leave_section(section); });
  module.def("abort", [](const std::string& reason) { object().abort(reason); });
  module.def("delete_all", [] { object().delete_all(); });
}

}  // namespace

void link_native_module() {}

}  // namespace stead

PYBIND11_EMBEDDED_MODULE(_stead, module) {
  stead::register_database(module);
  stead::register_key_values(module);
  stead::register_body(module);
  // Behind the database's, which takes every error: the last one registered is asked first.
  stead::add_errors(module);
  stead::add_types(module);
  stead::add_functions(module);
}
