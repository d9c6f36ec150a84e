#pragma once

#include <pybind11/pybind11.h>

#include <utility>

namespace stead {

/// Holds the interpreter's lock, on any thread. Nests. A thread keeps its state of the interpreter
/// until it ends, so that taking the lock again is cheap.
class GilLock {
 public:
  GilLock() : state_((keep_thread_state(), PyGILState_Ensure())) {}
  ~GilLock() { PyGILState_Release(state_); }
  GilLock(const GilLock&) = delete;
  GilLock& operator=(const GilLock&) = delete;

 private:
  static void keep_thread_state();
  PyGILState_STATE state_;
};

/// A reference to a Python object that may be dropped on any thread, without the lock.
class PyHandle {
 public:
  PyHandle() = default;
  /// Requires the lock.
  explicit PyHandle(pybind11::object object) : object_(std::move(object)) {}
  PyHandle(PyHandle&& other) noexcept = default;
  PyHandle& operator=(PyHandle&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~PyHandle() { reset(); }

  void reset() {
    if (!object_) return;
    const GilLock lock;
    object_ = {};
  }
  explicit operator bool() const { return static_cast<bool>(object_); }
  /// To use it takes the lock.
  const pybind11::object& get() const { return object_; }

 private:
  pybind11::object object_;
};

}  // namespace stead
