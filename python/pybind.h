#pragma once

#include <pybind11/pybind11.h>

namespace stead {

namespace py = pybind11;

}  // namespace stead
