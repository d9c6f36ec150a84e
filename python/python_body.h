#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <string>

#include "python/gil.h"
#include "runtime/body_stream.h"

namespace stead {

/// A streamed body as Python reads it: `_stead.Body`, with `read(n)`, which waits in the middle.
/// Unread, it is handed on as it is.
///
/// Thread: a fiber of the object that has it.
class PythonBody final {
 public:
  explicit PythonBody(BodyStream stream) : stream_(std::move(stream)) {}

  /// At most `size` bytes; none at the end. Raises what broke the stream off.
  pybind11::bytes read(std::size_t size);
  /// Gives it up.
  void close() { stream_ = {}; }
  /// To hand on. Throws `TypeError` if some of it was read.
  BodyStream take();

 private:
  BodyStream stream_;
  std::string rest_;
  bool begun_ = false;
};

/// A body whose chunks a Python iterator of bytes makes; its `close` is called whatever happens.
std::unique_ptr<BodySource> python_body_source(pybind11::object chunks);

void register_body(pybind11::module_& module);

}  // namespace stead
