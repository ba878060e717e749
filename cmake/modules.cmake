# cove_module(NAME DEPS a b): the library cove_NAME from every .cc below src/ named in SOURCES; its unit tests
# (*_test.cc beside the sources) become the executable NAME_test. The dependencies are the allowed edges of
# ARCHITECTURE.md; tools/check_layers proves that no include goes elsewhere.
#
# With COVE_UNITY the sources of a module are compiled together, eight at a time, which reads the headers once for all of
# them. What is in an unnamed namespace must then have a name of its own among the eight: a source where that is not so
# (the compiler says "redefinition") is named after ALONE.
set_property(GLOBAL PROPERTY COVE_MODULES "")
option(COVE_UNITY "Compile the sources of a module together, eight at a time" OFF)

function(cove_module name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS;TEST_LIBS;FOLDERS;ALONE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  foreach(folder ${ARG_FOLDERS})
    file(GLOB more CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cc)
    list(APPEND sources ${more})
  endforeach()
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  add_library(cove_${name} STATIC ${sources})
  target_link_libraries(cove_${name} PUBLIC cove_flags)
  foreach(dep ${ARG_DEPS})
    target_link_libraries(cove_${name} PUBLIC cove_${dep})
  endforeach()
  target_link_libraries(cove_${name} PRIVATE ${ARG_LIBS})
  set_target_properties(cove_${name} PROPERTIES UNITY_BUILD ${COVE_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  set_property(SOURCE ${ARG_ALONE} PROPERTY SKIP_UNITY_BUILD_INCLUSION ON)
  cove_precompile(cove_${name} program)
  if(COVE_TESTS AND tests)
    find_package(GTest REQUIRED)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE cove_${name} ${ARG_TEST_LIBS} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE COVE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    if(COVE_SANITIZE MATCHES "undefined")
      # The checks are for what is tested: in the tests' own statements they cost a quarter of the time to compile them.
      target_compile_options(${name}_test PRIVATE -fno-sanitize=undefined)
    endif()
    cove_precompile(${name}_test test)
    add_test(NAME unit.${name} COMMAND ${name}_test)
    set_tests_properties(unit.${name} PROPERTIES LABELS unit)
  endif()
endfunction()
