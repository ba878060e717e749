# libcove.a for programs that embed cove: everything below src/libcove in one object file of machine code, so that
# nobody needs to know the modules or to use the same compiler's LTO. With its pkg-config and CMake package files.
# Not with sanitizers: it would link into programs only that have the same ones.
if(COVE_SANITIZE OR COVE_TIDY OR COVE_COVERAGE)
  return()
endif()
include(CMakePackageConfigHelpers)

# Sets `out` to the static libraries that `target` needs, itself included.
function(cove_closure target out)
  set(found ${${out}})
  if(NOT target IN_LIST found)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
      list(APPEND found ${target})
    endif()
    foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
      get_target_property(libraries ${target} ${property})
      foreach(library ${libraries})
        if(TARGET ${library})
          cove_closure(${library} found)
        endif()
      endforeach()
    endforeach()
  endif()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

set(modules "")
cove_closure(cove_libcove modules)
set(archives "")
foreach(module ${modules})
  list(APPEND archives $<TARGET_FILE:${module}>)
endforeach()

set(COVE_LIBRARY ${CMAKE_BINARY_DIR}/library)
file(MAKE_DIRECTORY ${COVE_LIBRARY})
set(to_object -r -nostdlib)
if(COVE_STATIC)
  # In one partition: gcc 12 fails to divide the whole into several (an internal error in lto-partition.cc).
  list(APPEND to_object -Os -flto -flto-partition=none -flinker-output=nolto-rel)
endif()
add_custom_command(
  OUTPUT ${COVE_LIBRARY}/libcove.a
  COMMAND ${CMAKE_CXX_COMPILER} ${to_object} -Wl,--whole-archive ${archives} -Wl,--no-whole-archive
          -o ${COVE_LIBRARY}/cove.o
  COMMAND ${CMAKE_COMMAND} -E rm -f ${COVE_LIBRARY}/libcove.a
  COMMAND ${CMAKE_AR} rcs ${COVE_LIBRARY}/libcove.a ${COVE_LIBRARY}/cove.o
  DEPENDS ${modules}
  VERBATIM)
add_custom_target(cove_lib ALL DEPENDS ${COVE_LIBRARY}/libcove.a)

# All of them find their files from where they are themselves.
file(RELATIVE_PATH COVE_PKGCONFIG_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_SOURCE_DIR}/cmake/cove.pc.in ${COVE_LIBRARY}/cove.pc @ONLY)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/coveConfig.cmake.in ${COVE_LIBRARY}/coveConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cove)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/coveTargets.cmake.in ${COVE_LIBRARY}/coveTargets.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cove PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${COVE_LIBRARY}/coveConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(FILES ${COVE_LIBRARY}/libcove.a DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/cove DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${COVE_LIBRARY}/cove.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${COVE_LIBRARY}/coveConfig.cmake ${COVE_LIBRARY}/coveTargets.cmake ${COVE_LIBRARY}/coveConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cove)
