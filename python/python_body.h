#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "python/gil.h"
#include "runtime/body_stream.h"

namespace stead {

class PythonObject;
struct PythonObjectHandle;

/// A body that still arrives, as Python code has it. The stream itself stays with the object, where
/// it must be dropped; Python may drop this on any thread.
///
/// Thread: `begin_read` and `close` in the object's turn. Owner: Python.
class PythonBody final {
 public:
  PythonBody(std::shared_ptr<PythonObjectHandle> handle, std::uint64_t number)
      : handle_(std::move(handle)), number_(number) {}
  ~PythonBody();
  PythonBody(const PythonBody&) = delete;
  PythonBody& operator=(const PythonBody&) = delete;

  /// One chunk: `callback(bytes, None)`, at the end `callback(None, None)`.
  void begin_read(pybind11::object callback);
  /// Nothing more is wanted.
  void close();
  /// The stream itself, to be handed on. Empty if it was closed or belongs to another object.
  BodyStream take();

 private:
  std::shared_ptr<PythonObjectHandle> handle_;
  std::uint64_t number_;
};

/// What Python code makes while it is sent: an object for `_host.next_chunk` and `end_stream`.
class PythonBodySource final : public BodySource {
 public:
  PythonBodySource(PythonObject& object, PyHandle stream)
      : object_(object), stream_(std::move(stream)) {}

  Task<std::optional<std::string>> next() override;
  void close() override;

 private:
  PythonObject& object_;
  PyHandle stream_;
};

/// Adds the type `_stead.Body`.
void register_body(pybind11::module_& module);

}  // namespace stead
