# The program under test: the release build, as it is installed; tests below fault/ need the dev build, which alone can
# inject faults. Both exist in `./dev test`.
set(COVE_RELEASE ${CMAKE_SOURCE_DIR}/build/release/src/main/cove CACHE FILEPATH "The release build that is tested")

# cove_integration_test(FILE [MODES root user] [TIMEOUT seconds]): registers tests/integration/NAME.sh once for each mode,
# as integration.NAME.root and integration.NAME.user. They compare what is on the machine before and after, so no two
# run at once.
function(cove_integration_test file)
  cmake_parse_arguments(ARG "" "TIMEOUT" "MODES" ${ARGN})
  if(NOT ARG_MODES)
    set(ARG_MODES root user)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  get_filename_component(name ${file} NAME_WE)
  get_filename_component(label ${file} DIRECTORY)
  set(program ${COVE_RELEASE})
  if(label STREQUAL "fault")
    set(program $<TARGET_FILE:cove>)
  endif()
  foreach(mode ${ARG_MODES})
    set(test ${label}.${name}.${mode})
    add_test(NAME ${test} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    set_tests_properties(${test} PROPERTIES
      ENVIRONMENT "COVE=${program};COVE_PROBES=${COVE_PROBES};COVE_AS=${mode}"
      SKIP_RETURN_CODE 77 TIMEOUT ${ARG_TIMEOUT} RESOURCE_LOCK machine LABELS "${label};${mode}")
  endforeach()
endfunction()
