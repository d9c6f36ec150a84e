#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "runtime/request.h"
#include "runtime/response.h"

namespace stead {

class PythonObject;

/// One event of a Python object, shared by the C++ coroutine that waits for its answer and the
/// Python code that gives it. Either may be gone first; an answer that nobody waits for is dropped.
///
/// Thread: the object's, and its fibers.
struct PythonEvent {
  enum class Kind { fetch, rpc, manage, chunk };

  Kind kind;
  /// Null once the object has left memory.
  PythonObject* object = nullptr;
  /// For `fetch`.
  Request request{};
  /// For `rpc`; `manage` has its arguments only.
  std::string method{};
  /// JSON text.
  std::string arguments{};

  /// The operation that waits; 0 if none does.
  std::uint64_t waiting = 0;
  bool settled = false;
  std::optional<Error> error{};
  Response response{};
  /// JSON text.
  std::string result{};
  /// Nothing at the end of the body.
  std::optional<std::string> chunk{};
};

}  // namespace stead
