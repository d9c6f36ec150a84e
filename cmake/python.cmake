# The distribution's Python, never one that a version manager puts on PATH: the interpreter in the
# node, the extension and the tests' virtual environment must be of one version.
set(Python3_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "The Python to build for")
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter Development.Module Development.Embed)
find_path(STEAD_PYBIND11_INCLUDE pybind11/pybind11.h REQUIRED)

# Headers only: what is linked is either the interpreter's library or, for an extension, nothing.
add_library(stead_pybind INTERFACE)
target_include_directories(stead_pybind SYSTEM INTERFACE
  ${STEAD_PYBIND11_INCLUDE} ${Python3_INCLUDE_DIRS})
# pybind11's types are hidden, and so must be whatever has one as a member.
target_compile_options(stead_pybind INTERFACE -fvisibility=hidden)
