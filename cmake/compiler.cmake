# Flags that every target gets. Linked as cove_flags by cove_module() and cove_executable().
add_library(cove_flags INTERFACE)
# -iquote: only #include "…" looks here, so that <sys/file.h> stays the C library's beside our "sys/file.h".
target_compile_options(cove_flags INTERFACE -iquote${CMAKE_SOURCE_DIR}/src -iquote${CMAKE_BINARY_DIR}/generated)
target_compile_definitions(cove_flags INTERFACE _GNU_SOURCE FMT_STATIC_THOUSANDS_SEPARATOR=1 FMT_USE_FLOAT=0 FMT_USE_LONG_DOUBLE=0 COVE_VERSION="${PROJECT_VERSION}")
target_compile_options(cove_flags INTERFACE -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -fno-rtti
                       -Wno-missing-field-initializers)  # designated initializers leave the rest to the defaults
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Errors are values: nothing is thrown but for want of memory, and then nobody would catch it. Without the clean-up
  # code for exceptions and the tables to find it the program is a sixth smaller; cmake/discard_unwind.ld drops those of
  # the libraries. (src/base/strict_json.cc alone is compiled with exceptions: its library does not do without.)
  target_compile_options(cove_flags INTERFACE -Os -ffunction-sections -fdata-sections -fno-exceptions
                         -fno-unwind-tables -fno-asynchronous-unwind-tables)
endif()
# Sources of the module at hand that are compiled for speed, not size: what one command does a thousand times.
function(cove_for_speed)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS -O2)
    set_property(SOURCE ${ARGN} PROPERTY SKIP_PRECOMPILE_HEADERS ON)  # which are for -Os
  endif()
endfunction()

if(COVE_SANITIZE)
  target_compile_options(cove_flags INTERFACE -fsanitize=${COVE_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(cove_flags INTERFACE -fsanitize=${COVE_SANITIZE})
  # At a fixed address: with the sanitizers' tables there would be a million and a half of relocations at each start.
  target_compile_options(cove_flags INTERFACE -fno-pie)
  target_link_options(cove_flags INTERFACE -no-pie $<$<LINK_LANG_AND_ID:CXX,Clang>:-fuse-ld=lld>)
endif()
if(COVE_COVERAGE)
  target_compile_options(cove_flags INTERFACE --coverage)
  target_link_options(cove_flags INTERFACE --coverage)
endif()
if(COVE_FAULT_INJECTION)
  target_compile_definitions(cove_flags INTERFACE COVE_FAULT_INJECTION=1)
endif()
if(COVE_STATIC)
  target_compile_options(cove_flags INTERFACE -fPIE -flto -fstack-protector-strong -D_FORTIFY_SOURCE=2
                         -fcf-protection -fstack-clash-protection)
  # LTO generates the code when it links: only with the flag here has each function a section of its own.
  target_link_options(cove_flags INTERFACE -flto=auto -ffunction-sections -fdata-sections -Wl,--gc-sections -Wl,-z,relro,-z,now
                      -Wl,-z,noexecstack -Wl,--fatal-warnings -Wl,-z,pack-relative-relocs)
  # How each of the two executables is linked is said in src/main.
  if(NOT COVE_KEEP_SYMBOLS)
    target_link_options(cove_flags INTERFACE -s)
  endif()
endif()
if(COVE_TIDY)
  set(CMAKE_CXX_CLANG_TIDY clang-tidy-14 --quiet)
endif()
