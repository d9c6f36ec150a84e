#include "python/key_values.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "python/python_object.h"
#include "storage/kv.h"

namespace stead {

namespace py = pybind11;

namespace {

constexpr const char* json_tag = "json";

Kv& kv() { return PythonObject::require_current().key_values(); }

Bytes bytes_of(py::handle value) {
  const auto text = value.cast<std::string_view>();
  return {text.begin(), text.end()};
}

KvValue from_python(py::handle value) {
  if (value.is_none()) return nullptr;
  if (PyBool_Check(value.ptr())) return value.cast<bool>();
  if (PyLong_Check(value.ptr())) return value.cast<std::int64_t>();
  if (PyFloat_Check(value.ptr())) return value.cast<double>();
  if (PyUnicode_Check(value.ptr())) return value.cast<std::string>();
  if (PyBytes_Check(value.ptr())) return bytes_of(value);
  if (PyTuple_Check(value.ptr())) {
    const auto tagged = value.cast<std::pair<std::string, std::string>>();
    if (tagged.first == json_tag) return JsonText{tagged.second};
  }
  throw py::type_error("a key cannot hold a value of type " +
                       py::type::of(value).attr("__name__").cast<std::string>());
}

struct ToPython {
  py::object operator()(std::nullptr_t) const { return py::none(); }
  py::object operator()(bool value) const { return py::bool_(value); }
  py::object operator()(std::int64_t value) const { return py::int_(value); }
  py::object operator()(double value) const { return py::float_(value); }
  py::object operator()(const std::string& value) const { return py::str(value); }
  py::object operator()(const Bytes& value) const {
    return py::bytes(reinterpret_cast<const char*>(value.data()), value.size());
  }
  py::object operator()(const JsonText& value) const {
    return py::make_tuple(json_tag, value.text);
  }
};

py::object to_python(const KvValue& value) { return std::visit(ToPython{}, value); }

py::object get(const std::string& key) {
  const auto value = kv().get(key);
  return value ? to_python(*value) : py::none();
}

py::list list(std::optional<std::string> start, std::optional<std::string> start_after,
              std::optional<std::string> end, std::optional<std::string> prefix, bool reverse,
              std::optional<std::int64_t> limit) {
  py::list found;
  for (const auto& [key, value] : kv().list({.start = std::move(start),
                                             .start_after = std::move(start_after),
                                             .end = std::move(end),
                                             .prefix = std::move(prefix),
                                             .reverse = reverse,
                                             .limit = limit})) {
    found.append(py::make_tuple(key, to_python(value)));
  }
  return found;
}

}  // namespace

void add_key_values(py::module_& module) {
  module.def("kv_get", &get);
  module.def("kv_put", [](const std::string& key, py::handle value) {
    kv().put(key, from_python(value));
  });
  module.def("kv_delete", [](const std::string& key) { return kv().remove(key); });
  module.def("kv_list", &list, py::kw_only(), py::arg("start"), py::arg("start_after"),
             py::arg("end"), py::arg("prefix"), py::arg("reverse"), py::arg("limit"));
}

}  // namespace stead
