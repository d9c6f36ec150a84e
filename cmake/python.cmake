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

# The interpreter of the node. Where the distribution has it as an archive it becomes a part of the
# program, as it is of /usr/bin/python3: calls within it then need no detour, and Python code takes
# a fifth less time than with the shared library.
execute_process(
  COMMAND ${Python3_EXECUTABLE} -c "import sysconfig
get = lambda name: sysconfig.get_config_var(name) or ''
print(get('LIBPL') + '/' + get('LIBRARY'))
print(get('MODLIBS'), get('LIBS'), get('SYSLIBS'))"
  OUTPUT_VARIABLE STEAD_PYTHON_LINKING
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" STEAD_PYTHON_LINKING "${STEAD_PYTHON_LINKING}")
list(POP_FRONT STEAD_PYTHON_LINKING STEAD_PYTHON_ARCHIVE)
add_library(stead_interpreter INTERFACE)
if(STEAD_PYTHON_ARCHIVE MATCHES "\\.a$" AND EXISTS ${STEAD_PYTHON_ARCHIVE} AND NOT STEAD_SANITIZE)
  separate_arguments(STEAD_PYTHON_LINKING)
  list(REMOVE_DUPLICATES STEAD_PYTHON_LINKING)
  target_link_libraries(stead_interpreter INTERFACE
    $<LINK_LIBRARY:WHOLE_ARCHIVE,${STEAD_PYTHON_ARCHIVE}> ${STEAD_PYTHON_LINKING})
  # It is not built for a program that may be anywhere. Extension modules look for its functions.
  target_link_options(stead_interpreter INTERFACE
    -no-pie LINKER:--dynamic-list=${CMAKE_CURRENT_LIST_DIR}/python_symbols.txt)
else()
  target_link_libraries(stead_interpreter INTERFACE Python3::Python)
endif()
