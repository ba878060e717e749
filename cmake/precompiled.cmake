# Precompiled headers, as reading those of the standard library, fmt and GoogleTest takes more than half of the time. There
# are two, for the program and for its unit tests, each built once and shared by all targets. The presets tidy and fuzz have
# none, and so prove that every source includes what it uses.
option(COVE_PRECOMPILE "Precompile the headers that most sources include" OFF)

set(cove_precompiled_headers
  <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string> <string_view>
  <utility> <variant> <vector> <fmt/format.h> "\"base/result.h\"")

# cove_precompile(TARGET SET): TARGET, which has no compile flags of its own, uses the headers "program" or "test".
function(cove_precompile target set)
  if(NOT COVE_PRECOMPILE)
    return()
  endif()
  if(NOT TARGET cove_precompiled_${set})
    # CMake wants a source to compile beside the header.
    set(source ${CMAKE_BINARY_DIR}/generated/precompiled_${set}.cc)
    file(CONFIGURE OUTPUT ${source} CONTENT "// Compiles the ${set} headers.\n")
    add_library(cove_precompiled_${set} OBJECT ${source})
    target_link_libraries(cove_precompiled_${set} PRIVATE cove_flags)
    target_precompile_headers(cove_precompiled_${set} PRIVATE ${cove_precompiled_headers})
    if(set STREQUAL "test")
      target_link_libraries(cove_precompiled_test PRIVATE GTest::gmock)
      target_precompile_headers(cove_precompiled_test PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM cove_precompiled_${set})
endfunction()
