# Flags for every target, and the refusal of compilers that break coroutines.

add_library(ligament_flags INTERFACE)
target_include_directories(ligament_flags INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(ligament_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -Werror -fno-omit-frame-pointer)

set(LIGAMENT_SANITIZE "" CACHE STRING "address, thread, fuzz or empty")
if(LIGAMENT_SANITIZE STREQUAL "address")
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=undefined)
elseif(LIGAMENT_SANITIZE STREQUAL "thread")
  set(sanitizers -fsanitize=thread)
elseif(LIGAMENT_SANITIZE STREQUAL "fuzz")
  set(sanitizers -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined)
elseif(NOT LIGAMENT_SANITIZE STREQUAL "")
  message(FATAL_ERROR "LIGAMENT_SANITIZE is '${LIGAMENT_SANITIZE}'; say address, thread, fuzz or nothing")
endif()
if(sanitizers)
  list(APPEND sanitizers "-fsanitize-ignorelist=${CMAKE_SOURCE_DIR}/cmake/sanitizer_ignore.txt")
endif()
target_compile_options(ligament_flags INTERFACE ${sanitizers})
target_link_options(ligament_flags INTERFACE ${sanitizers})

find_program(LIGAMENT_MOLD mold)
if(LIGAMENT_MOLD)
  target_link_options(ligament_flags INTERFACE -fuse-ld=mold)
endif()

# Some compilers destroy temporaries twice around co_await, silently. The canary is compiled and run once per
# compiler; one that fails it is refused here rather than found out in production.
if(NOT LIGAMENT_CANARY_PASSED STREQUAL "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION}")
  try_run(canary_exit canary_compiled
    "${CMAKE_BINARY_DIR}/canary" "${CMAKE_SOURCE_DIR}/cmake/compiler_canary.cpp"
    CMAKE_FLAGS "-DCMAKE_CXX_STANDARD=20" "-DCMAKE_CXX_STANDARD_REQUIRED=ON"
    COMPILE_OUTPUT_VARIABLE canary_log
    RUN_OUTPUT_VARIABLE canary_output)
  if(NOT canary_compiled)
    message(FATAL_ERROR "The compiler canary does not compile:\n${canary_log}")
  elseif(NOT canary_exit EQUAL 0)
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} mishandles temporaries around co_await; use the compiler named "
                        "in CMakePresets.json.\n${canary_output}")
  endif()
  set(LIGAMENT_CANARY_PASSED "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION}" CACHE INTERNAL "")
endif()
