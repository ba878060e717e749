# The program under test: the release build, as it is installed; tests below fault/ need the dev build, which alone can
# inject faults. Both exist in `./dev test`.
set(COVE_RELEASE ${CMAKE_SOURCE_DIR}/build/release/src/main/cove CACHE FILEPATH "The release build that is tested")

# cove_script_header(FILE KEY...): sets each KEY to the words of the line "# KEY: ..." in the script's header.
macro(cove_script_header file)
  foreach(key ${ARGN})
    file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/${file} line REGEX "^# ${key}:" LIMIT_COUNT 1)
    string(REGEX REPLACE "^# ${key}: *" "" ${key} "${line}")
    separate_arguments(${key})
  endforeach()
  if(NOT timeout)
    set(timeout 300)
  endif()
  get_filename_component(name ${file} NAME_WE)
  get_filename_component(label ${file} DIRECTORY)
endmacro()

# cove_integration_script(FILE): registers one script of tests/, as its header lines say:
#   # modes: root          who runs it; both root and user if there is no such line
#   # roots: debian default  the root file systems that it runs on besides its own (as COVE_TEST_ROOT in lib.sh)
#   # runtimes: crun runc  the other runtimes that must pass it too, as root (as COVE_RUNTIME); a test that its oracle
#                          fails is not trusted
#   # forms: erofs         forms of images' layers that it runs with besides, as root (as COVE_LAYER_FORM)
#   # timeout: 60          in seconds, if not 300: only against a hang, since a machine may be slow
#   # measures: rates      a rate or a time, which a busy machine may spoil: it runs alone, and up to three times
#   # alone: keys          it uses up something of the whole machine: it runs alone
# The names are integration.NAME.root, integration.NAME.user, integration.NAME.debian.root, integration.NAME.crun.
function(cove_integration_script file)
  cove_script_header(${file} modes roots runtimes forms timeout measures alone)
  if(NOT modes)
    set(modes root user)
  endif()
  set(COVE_TEST_COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  if(measures)
    set(COVE_TEST_COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/measured ${COVE_TEST_COMMAND})
  endif()
  set(COVE_TEST_ALONE FALSE)
  if(measures OR alone)
    set(COVE_TEST_ALONE TRUE)
  endif()
  foreach(mode ${modes})
    cove_integration_run(${file} ${label}.${name}.${mode} ${timeout} ${mode} "COVE_AS=${mode}")
    foreach(root ${roots})
      cove_integration_run(${file} ${label}.${name}.${root}.${mode} ${timeout} ${mode}
        "COVE_AS=${mode};COVE_TEST_ROOT=${root}")
    endforeach()
  endforeach()
  foreach(form ${forms})
    cove_integration_run(${file} ${label}.${name}.${form}.root ${timeout} root "COVE_AS=root;COVE_LAYER_FORM=${form}")
  endforeach()
  cove_runtime_runs()
endfunction()

# cove_runtime_script(FILE): registers a script that drives an OCI runtime itself (see runtime.sh), once for each runtime
# of its line "# runtimes:", among them cove. The names are runtime.NAME.cove, runtime.NAME.crun.
function(cove_runtime_script file)
  cove_script_header(${file} runtimes timeout)
  set(COVE_TEST_COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set(COVE_TEST_ALONE FALSE)
  cove_runtime_runs()
endfunction()

macro(cove_runtime_runs)
  foreach(runtime ${runtimes})
    cove_integration_run(${file} ${label}.${name}.${runtime} ${timeout} ${runtime} "COVE_AS=root;COVE_RUNTIME=${runtime}")
  endforeach()
endmacro()

# One registration. Tests run beside each other: each has namespaces, directories and records of its own (support/private),
# and what it finds of others' it tells apart (support/leftovers.sh). The fault tests take longest, and start first.
function(cove_integration_run file test timeout kind environment)
  get_filename_component(label ${file} DIRECTORY)
  if(NOT COVE_TEST_COMMAND)
    set(COVE_TEST_COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    set(COVE_TEST_ALONE FALSE)
  endif()
  set(program ${COVE_RELEASE})
  set(placement RUN_SERIAL ${COVE_TEST_ALONE})
  if(label STREQUAL "fault")
    set(program $<TARGET_FILE:cove>)
    set(timeout 900)
    list(APPEND placement COST 1000)
  elseif(label STREQUAL "drivers")
    # An engine is heavy, and two of them would share the files that Debian's packages give them.
    list(APPEND placement COST 500 RESOURCE_LOCK engines)
  endif()
  add_test(NAME ${test} COMMAND ${COVE_TEST_COMMAND})
  set_tests_properties(${test} PROPERTIES
    ENVIRONMENT "COVE=${program};COVE_PROBES=${COVE_PROBES};${environment}"
    SKIP_RETURN_CODE 77 TIMEOUT ${timeout} LABELS "${label};${kind}" ${placement})
endfunction()
