#include "python/native_key_values.h"

#include <pybind11/stl.h>

#include "python/python_object.h"

namespace stead {

namespace py = pybind11;

namespace {

struct ToPython {
  py::object operator()(std::nullptr_t) const { return py::none(); }
  py::object operator()(bool value) const { return py::bool_(value); }
  py::object operator()(std::int64_t value) const { return py::int_(value); }
  py::object operator()(double value) const { return py::float_(value); }
  py::object operator()(const std::string& value) const { return py::str(value); }
  py::object operator()(const Bytes& value) const {
    return py::bytes(reinterpret_cast<const char*>(value.data()), value.size());
  }
  py::object operator()(const JsonText& value) const { return py::make_tuple("json", value.text); }
};

py::object to_python(const KvValue& value) { return std::visit(ToPython(), value); }

KvValue from_python(const py::object& value) {
  if (value.is_none()) return nullptr;
  if (PyBool_Check(value.ptr())) return value.cast<bool>();
  if (PyLong_Check(value.ptr())) return value.cast<std::int64_t>();
  if (PyFloat_Check(value.ptr())) return value.cast<double>();
  if (PyUnicode_Check(value.ptr())) return value.cast<std::string>();
  if (PyBytes_Check(value.ptr())) {
    const auto bytes = value.cast<std::string_view>();
    return Bytes(bytes.begin(), bytes.end());
  }
  return JsonText{value.cast<py::tuple>()[1].cast<std::string>()};
}

Kv& kv() { return PythonObject::require_current().key_values(); }

py::list list(const std::optional<std::string>& start,
              const std::optional<std::string>& start_after, const std::optional<std::string>& end,
              const std::optional<std::string>& prefix, bool reverse,
              const std::optional<std::int64_t>& limit) {
  const auto entries = kv().list({.start = start,
                                  .start_after = start_after,
                                  .end = end,
                                  .prefix = prefix,
                                  .reverse = reverse,
                                  .limit = limit});
  py::list found;
  for (const auto& [key, value] : entries) found.append(py::make_tuple(key, to_python(value)));
  return found;
}

}  // namespace

void register_key_values(py::module_& module) {
  module.def("kv_get", [](const std::string& key) -> py::object {
    const auto value = kv().get(key);
    return value ? to_python(*value) : py::none();
  });
  module.def("kv_put", [](const std::string& key, const py::object& value) {
    kv().put(key, from_python(value));
  });
  module.def("kv_delete", [](const std::string& key) { return kv().remove(key); });
  module.def("kv_list", &list, py::arg("start") = py::none(), py::arg("start_after") = py::none(),
             py::arg("end") = py::none(), py::arg("prefix") = py::none(),
             py::arg("reverse") = false, py::arg("limit") = py::none());
}

}  // namespace stead
