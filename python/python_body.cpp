#include "python/python_body.h"

#include <utility>

#include "python/conversion.h"
#include "python/python_object.h"

namespace stead {

namespace py = pybind11;

namespace {

class PythonBodySource final : public BodySource {
 public:
  PythonBodySource(PythonObject& object, py::object chunks)
      : object_(object), chunks_(std::move(chunks)) {}

  Task<std::optional<std::string>> next() override { return object_.next_chunk(chunks_); }
  void close() override {
    object_.close_body(chunks_);
    chunks_.reset();
  }

 private:
  PythonObject& object_;
  PyHandle chunks_;
};

}  // namespace

py::bytes PythonBody::read(std::size_t size) {
  begun_ = true;
  if (rest_.empty() && stream_) {
    auto chunk = PythonObject::require_current().read_in_the_middle(stream_);
    if (chunk) {
      rest_ = std::move(*chunk);
    } else {
      stream_ = {};
    }
  }
  const auto given = std::min(size, rest_.size());
  py::bytes bytes(rest_.data(), given);
  rest_.erase(0, given);
  return bytes;
}

BodyStream PythonBody::take() {
  if (begun_) throw TypeError("a body that was read in part cannot be handed on");
  begun_ = true;
  return std::exchange(stream_, {});
}

std::unique_ptr<BodySource> python_body_source(py::object chunks) {
  return std::make_unique<PythonBodySource>(PythonObject::require_current(), std::move(chunks));
}

void register_body(py::module_& module) {
  py::class_<PythonBody>(module, "Body")
      .def("read", &PythonBody::read, py::arg("size") = std::size_t{64} << 10)
      .def("close", &PythonBody::close);
}

}  // namespace stead
