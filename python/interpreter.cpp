#include "python/interpreter.h"

#include <pybind11/embed.h>

#include <stdexcept>

#include "base/error.h"
#include "python/native_module.h"

#if defined(__SANITIZE_ADDRESS__)
/// The interpreter is never ended, and keeps what it has.
extern "C" __attribute__((visibility("default"))) const char* __lsan_default_suppressions() {
  return "leak:libpython\nleak:pybind11\nleak:CRYPTO_zalloc\n";
}
#endif

namespace stead {

namespace py = pybind11;

namespace {

void require(const PyStatus& status) {
  if (!PyStatus_Exception(status)) return;
  throw Error(ErrorCode::internal, std::string("Python cannot start: ") +
                                       (status.err_msg ? status.err_msg : "no reason was given"));
}

}  // namespace

void start_interpreter(const std::string& python, const std::string& package) {
  link_native_module();
  if (Py_IsInitialized()) throw std::logic_error("a process has one Python project only");
  PyConfig config;
  // Nothing of the environment: what counts is said in the project and on the command line.
  PyConfig_InitIsolatedConfig(&config);
  config.write_bytecode = 1;
  config.buffered_stdio = 0;
  try {
    require(PyConfig_SetBytesString(&config, &config.program_name, python.c_str()));
    require(PyConfig_SetBytesString(&config, &config.executable, python.c_str()));
    require(Py_InitializeFromConfig(&config));
  } catch (...) {
    PyConfig_Clear(&config);
    throw;
  }
  PyConfig_Clear(&config);
  py::module_::import("sys").attr("path").attr("insert")(0, package);
  PyEval_SaveThread();
}

}  // namespace stead
