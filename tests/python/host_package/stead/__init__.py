"""A stand-in for the package `stead`, to test the C++ host by itself."""
