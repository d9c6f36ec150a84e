#include "python/python_host.h"

#include "python/conversion.h"
#include "python/interpreter.h"
#include "python/python_object.h"
#include "python/python_runtime.h"
#include "runtime/app.h"

namespace stead {

namespace {

ClassInfo class_info(PythonRuntime& runtime, const std::string& name) {
  ClassInfo info;
  info.blocking = true;
  info.streams_requests = true;
  info.sql_limits = SqlLimits::native;
  info.make = [&runtime, name](State& state) {
    return std::make_unique<PythonObject>(state, runtime, name);
  };
  info.any_method = [](DurableObject& object, std::string method, std::string arguments) {
    return static_cast<PythonObject&>(object).call(std::move(method), std::move(arguments));
  };
  return info;
}

/// With the traceback: the only reader is whoever starts the program.
Error load_error() {
  try {
    throw;
  } catch (pybind11::error_already_set& raised) {
    const auto exception = pybind11::reinterpret_borrow<pybind11::object>(raised.value());
    return Error(ErrorCode::exception,
                 "the Python project cannot be loaded:\n" + traceback_of(exception));
  } catch (...) {
    return current_error();
  }
}

}  // namespace

PythonHost::PythonHost(const PythonConfig& config) {
  start_interpreter(config.python, config.package.empty() ? STEAD_PYTHON_PACKAGE : config.package);
  const GilLock lock;
  try {
    runtime_ = std::make_unique<PythonRuntime>(config);
  } catch (...) {
    load_error().raise();
  }
}

PythonHost::~PythonHost() = default;

void PythonHost::add_to(App& app) {
  for (const auto& name : runtime_->classes()) app.add(name, class_info(*runtime_, name));
  if (runtime_->has_worker()) app.worker(class_info(*runtime_, ""));
}

const std::vector<std::string>& PythonHost::classes() const { return runtime_->classes(); }

}  // namespace stead
