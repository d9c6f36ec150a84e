# Compiler settings that every target of the project shares.
set(STEAD_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")

add_library(stead_options INTERFACE)
target_include_directories(stead_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(stead_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  # Not where it is built to be used: another compiler's new warning is no reason not to run.
  $<$<NOT:$<CONFIG:Release>>:-Werror>
  -fno-omit-frame-pointer)
target_compile_definitions(stead_options INTERFACE STEAD_VERSION="${PROJECT_VERSION}")
if(STEAD_SANITIZE)
  target_compile_options(stead_options INTERFACE
    -fsanitize=${STEAD_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(stead_options INTERFACE -fsanitize=${STEAD_SANITIZE})
  if(STEAD_SANITIZE MATCHES "thread")
    # The sanitizer does not understand fences; Asio's queues are synchronised by their mutexes.
    target_compile_definitions(stead_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND STEAD_SANITIZE MATCHES "undefined")
    # CAF's library was built without the type information that this check reads.
    target_compile_options(stead_options INTERFACE -fno-sanitize=vptr,function)
    target_link_options(stead_options INTERFACE -fno-sanitize=vptr,function)
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(STATUS "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles some coroutines: await into a name, "
                 "then use the name (docs/coroutines.md)")
  # It also warns of overlapping copies in std::string's own code when optimising (GCC bug 105651).
  target_compile_options(stead_options INTERFACE -Wno-restrict)
endif()

# stead_layer(NAME SOURCES file... LINKS target...): one folder of the architecture as a library.
# Every .cpp of the folder must be named; tools/tidy.py checks that none is forgotten.
function(stead_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS;PRIVATE_LINKS")
  add_library(stead_${name} STATIC ${arg_SOURCES})
  target_link_libraries(stead_${name}
    PUBLIC stead_options ${arg_LINKS}
    PRIVATE ${arg_PRIVATE_LINKS})
endfunction()

# For programs that serve or measure. Sanitizers bring a malloc of their own.
add_library(stead_allocator INTERFACE)
if(NOT STEAD_SANITIZE)
  target_link_libraries(stead_allocator INTERFACE mimalloc)
endif()

# stead_tests(LAYER SOURCES file... LINKS target...): the layer's tests as one program, each test
# known to ctest by its own name, labelled with the layer.
function(stead_tests layer)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  add_executable(${layer}_test ${arg_SOURCES})
  target_link_libraries(${layer}_test PRIVATE stead_options ${arg_LINKS} GTest::gmock GTest::gtest_main)
  include(GoogleTest)
  gtest_discover_tests(${layer}_test PROPERTIES LABELS ${layer} TIMEOUT 120 DISCOVERY_TIMEOUT 60)
endfunction()
