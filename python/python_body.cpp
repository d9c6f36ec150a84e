#include "python/python_body.h"

#include "python/python_object.h"

namespace stead {

namespace py = pybind11;

PythonBody::~PythonBody() { handle_->drop_body(number_); }

void PythonBody::begin_read(py::object callback) {
  PythonObject::require_current().begin_read(*handle_, number_, PyHandle(std::move(callback)));
}

void PythonBody::close() {
  if (auto* object = PythonObject::current()) object->close_body(*handle_, number_);
}

BodyStream PythonBody::take() {
  return PythonObject::require_current().take_body(*handle_, number_);
}

Task<std::optional<std::string>> PythonBodySource::next() { return object_.next_chunk(stream_); }

void PythonBodySource::close() { object_.end_stream(stream_); }

void register_body(py::module_& module) {
  py::class_<PythonBody, std::shared_ptr<PythonBody>>(module, "Body")
      .def("begin_read", &PythonBody::begin_read)
      .def("close", &PythonBody::close);
  module.attr("response_streams") = true;
}

}  // namespace stead
