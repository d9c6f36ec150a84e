#include "python/python_runtime.h"

#include <pybind11/stl.h>

#include "python/conversion.h"
#include "python/python_object.h"
#include "runtime/host.h"

namespace stead {

namespace py = pybind11;

PythonRuntime::PythonRuntime(const PythonConfig& config) : watchdog_(config.limits) {
  host_ = PyHandle(py::module_::import("stead._host"));
  const auto project = py::module_::import("json").attr("loads")(config.project);
  const auto loaded = host_.get().attr("load")(project);
  classes_ = loaded["classes"].cast<std::vector<std::string>>();
  has_worker_ = loaded["worker"].cast<bool>();
}

py::object PythonRuntime::construct(const std::shared_ptr<PythonObjectHandle>& handle) {
  return host_.get().attr("construct")(handle->class_name, handle);
}

void PythonRuntime::start(const py::object& instance, const std::shared_ptr<PythonEvent>& event) {
  try {
    host_.get().attr("start")(instance, event);
  } catch (...) {
    event->error = error_from_python();
    PythonObject::require_current().settle(event);
  }
}

void PythonRuntime::next_chunk(const py::object& stream,
                               const std::shared_ptr<PythonEvent>& event) {
  try {
    host_.get().attr("next_chunk")(stream, event);
  } catch (...) {
    event->error = error_from_python();
    PythonObject::require_current().settle(event);
  }
}

void PythonRuntime::end_stream(const py::object& stream) {
  try {
    host_.get().attr("end_stream")(stream);
  } catch (...) {
    PythonObject::require_current().log(
        LogLevel::warning,
        std::string("a response's body ended with an error: ") + error_from_python().what());
  }
}

void PythonRuntime::wake(const py::object& callback, const py::object& result,
                         const std::optional<Error>& error) {
  try {
    host_.get().attr("wake")(callback, result, error_to_python(error));
  } catch (...) {
    PythonObject::require_current().log(
        LogLevel::error, std::string("a continuation failed: ") + error_from_python().what());
  }
}

void PythonRuntime::close(const py::object& instance) {
  try {
    host_.get().attr("close")(instance);
  } catch (...) {
    PythonObject::require_current().log(
        LogLevel::warning,
        std::string("it left memory with an error: ") + error_from_python().what());
  }
}

}  // namespace stead
