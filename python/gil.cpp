#include "python/gil.h"

namespace stead {

namespace {

/// The interpreter's state of one thread, from the first lock until the thread ends.
class ThreadState {
 public:
  ThreadState() : mine_(PyGILState_GetThisThreadState() == nullptr) {
    if (!mine_) return;
    PyGILState_Ensure();
    state_ = PyEval_SaveThread();
  }
  ~ThreadState() {
    if (!mine_ || !Py_IsInitialized()) return;
    PyEval_RestoreThread(state_);
    PyThreadState_Clear(state_);
    PyThreadState_DeleteCurrent();
  }
  ThreadState(const ThreadState&) = delete;
  ThreadState& operator=(const ThreadState&) = delete;

 private:
  bool mine_;
  PyThreadState* state_ = nullptr;
};

}  // namespace

void GilLock::keep_thread_state() { thread_local ThreadState state; }

}  // namespace stead
