#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "python/fiber.h"
#include "python/gil.h"
#include "python/python_event.h"
#include "python/python_host.h"
#include "python/watchdog.h"

namespace stead {

struct PythonObjectHandle;

/// What all Python objects share: the functions of the package that handle their events, fibers to
/// run them on, and the watch over these.
///
/// Thread: any; the functions that run Python require the interpreter's lock. Owner: `PythonHost`.
class PythonRuntime final {
 public:
  /// Requires a started interpreter, and its lock. Loads the project.
  explicit PythonRuntime(const PythonConfig& config);

  const std::vector<std::string>& classes() const { return classes_; }
  bool has_worker() const { return has_worker_; }

  FiberPool& fibers() { return fibers_; }
  Watchdog& watchdog() { return watchdog_; }

  // The package's `_host`. What they throw is a Python exception.
  pybind11::object construct(const std::shared_ptr<PythonObjectHandle>& handle);
  /// Throws nothing: a failure is the event's.
  void start(const pybind11::object& instance, const std::shared_ptr<PythonEvent>& event);
  /// The same for the next chunk of a body that Python makes.
  void next_chunk(const pybind11::object& stream, const std::shared_ptr<PythonEvent>& event);
  /// Throws nothing.
  void end_stream(const pybind11::object& stream);
  void wake(const pybind11::object& callback, const pybind11::object& result,
            const std::optional<Error>& error);
  /// Throws nothing.
  void close(const pybind11::object& instance);

 private:
  PyHandle host_;
  std::vector<std::string> classes_;
  bool has_worker_ = false;
  Watchdog watchdog_;
  FiberPool fibers_;
};

}  // namespace stead
