# The program under test: the release build, as it is installed; tests below fault/ need the dev build, which alone can
# inject faults. Both exist in `./dev test`.
set(COVE_RELEASE ${CMAKE_SOURCE_DIR}/build/release/src/main/cove CACHE FILEPATH "The release build that is tested")

# cove_integration_script(FILE): registers one script of tests/, as its header lines say:
#   # modes: root          who runs it; both root and user if there is no such line
#   # roots: debian default  the root file systems that it runs on besides its own (as COVE_TEST_ROOT in lib.sh)
#   # runtimes: crun runc  the other runtimes that must pass it too, as root (as COVE_RUNTIME); a test that its oracle
#                          fails is not trusted
#   # timeout: 60          in seconds, if not 120
# The names are integration.NAME.root, integration.NAME.user, integration.NAME.debian.root, integration.NAME.crun.
function(cove_integration_script file)
  foreach(key modes roots runtimes timeout)
    file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/${file} line REGEX "^# ${key}:" LIMIT_COUNT 1)
    string(REGEX REPLACE "^# ${key}: *" "" ${key} "${line}")
    separate_arguments(${key})
  endforeach()
  if(NOT modes)
    set(modes root user)
  endif()
  if(NOT timeout)
    set(timeout 120)
  endif()
  get_filename_component(name ${file} NAME_WE)
  get_filename_component(label ${file} DIRECTORY)
  foreach(mode ${modes})
    cove_integration_run(${file} ${label}.${name}.${mode} ${timeout} ${mode} "COVE_AS=${mode}")
    foreach(root ${roots})
      cove_integration_run(${file} ${label}.${name}.${root}.${mode} ${timeout} ${mode}
        "COVE_AS=${mode};COVE_TEST_ROOT=${root}")
    endforeach()
  endforeach()
  foreach(runtime ${runtimes})
    cove_integration_run(${file} ${label}.${name}.${runtime} ${timeout} ${runtime} "COVE_AS=root;COVE_RUNTIME=${runtime}")
  endforeach()
endfunction()

# One registration. The tests compare what is on the machine before and after, so no two run at once.
function(cove_integration_run file test timeout kind environment)
  get_filename_component(label ${file} DIRECTORY)
  set(program ${COVE_RELEASE})
  if(label STREQUAL "fault")
    set(program $<TARGET_FILE:cove>)
  endif()
  add_test(NAME ${test} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set_tests_properties(${test} PROPERTIES
    ENVIRONMENT "COVE=${program};COVE_PROBES=${COVE_PROBES};${environment}"
    SKIP_RETURN_CODE 77 TIMEOUT ${timeout} RESOURCE_LOCK machine LABELS "${label};${kind}")
endfunction()
