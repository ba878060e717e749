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
  foreach(mode ${ARG_MODES})
    set(test integration.${name}.${mode})
    add_test(NAME ${test} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    set_tests_properties(${test} PROPERTIES
      ENVIRONMENT "COVE=$<TARGET_FILE:cove>;COVE_PROBES=${COVE_PROBES};COVE_AS=${mode}"
      SKIP_RETURN_CODE 77 TIMEOUT ${ARG_TIMEOUT} RESOURCE_LOCK machine LABELS "integration;${mode}")
  endforeach()
endfunction()
