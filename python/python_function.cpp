#include "python/python_function.h"

#include <utility>

#include "base/error.h"
#include "python/sql_values.h"

namespace stead {

namespace {

/// A reference that is given back with the interpreter lock held, on whatever thread.
class Held {
 public:
  explicit Held(py::object object) : object_(std::move(object)) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    if (!Py_IsInitialized()) {
      object_.release();
      return;
    }
    const py::gil_scoped_acquire lock;
    object_ = {};
  }
  const py::object& operator*() const { return object_; }

 private:
  py::object object_;
};

py::object call_with(py::handle callable, std::span<const SqlView> arguments) {
  py::tuple values(arguments.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto value = py::reinterpret_steal<py::object>(to_python(arguments[i]));
    if (!value) throw py::error_already_set();
    PyTuple_SET_ITEM(values.ptr(), static_cast<Py_ssize_t>(i), value.release().ptr());
  }
  auto result =
      py::reinterpret_steal<py::object>(PyObject_CallObject(callable.ptr(), values.ptr()));
  if (!result) throw py::error_already_set();
  return result;
}

/// Runs `body` with the interpreter lock; Python's exception becomes the statement's error.
template <class Body>
auto in_python(const char* what, Body&& body) {
  const py::gil_scoped_acquire lock;
  try {
    return body();
  } catch (py::error_already_set& error) {
    throw Error(ErrorCode::exception,
                std::string("user-defined ") + what + " raised exception: " + error.what());
  }
}

class PythonGroup final : public SqlAggregate {
 public:
  explicit PythonGroup(py::object group) : group_(std::move(group)) {}

  void step(std::span<const SqlView> arguments) override {
    in_python("aggregate's 'step' method", [&] { call_with((*group_).attr("step"), arguments); });
  }
  SqlValue finish() override {
    return in_python("aggregate's 'finalize' method",
                     [&] { return from_python((*group_).attr("finalize")()); });
  }

 private:
  Held group_;
};

}  // namespace

std::shared_ptr<const SqlFunction> python_function(std::string name, int arity, py::object call,
                                                   bool deterministic) {
  return python_function(std::move(name), arity, std::move(call), deterministic, nullptr);
}

std::shared_ptr<const SqlFunction> python_function(
    std::string name, int arity, py::object call, bool deterministic,
    std::optional<SqlValue> (*native)(std::span<const SqlView>)) {
  auto held = std::make_shared<Held>(std::move(call));
  return std::make_shared<SqlFunction>(SqlFunction{
      .name = std::move(name),
      .arity = arity,
      .deterministic = deterministic,
      .call = [held, native](std::span<const SqlView> arguments) {
        if (native) {
          if (auto result = native(arguments)) return std::move(*result);
        }
        return in_python("function", [&] { return from_python(call_with(**held, arguments)); });
      }});
}

std::shared_ptr<const SqlFunction> python_aggregate(std::string name, int arity, py::object type) {
  auto held = std::make_shared<Held>(std::move(type));
  return std::make_shared<SqlFunction>(SqlFunction{
      .name = std::move(name), .arity = arity, .begin_group = [held] {
        return in_python("aggregate's '__init__' method", [&]() -> std::unique_ptr<SqlAggregate> {
          return std::make_unique<PythonGroup>((**held)());
        });
      }});
}

}  // namespace stead
