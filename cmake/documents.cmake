# The man page and the shell completions, made by the program itself from its option tables; and what is installed.
include(GNUInstallDirs)

set(COVE_DOCUMENTS ${CMAKE_BINARY_DIR}/documents)
file(MAKE_DIRECTORY ${COVE_DOCUMENTS})

configure_file(${CMAKE_SOURCE_DIR}/docs/man/cove.1.head ${COVE_DOCUMENTS}/cove.1.head @ONLY)
configure_file(${CMAKE_SOURCE_DIR}/docs/man/cove-runtime.8.in ${COVE_DOCUMENTS}/cove-runtime.8 @ONLY)
add_custom_command(
  OUTPUT ${COVE_DOCUMENTS}/cove.1
  COMMAND $<TARGET_FILE:cove> man > ${COVE_DOCUMENTS}/cove.1.options
  COMMAND ${CMAKE_COMMAND} -E cat ${COVE_DOCUMENTS}/cove.1.head ${COVE_DOCUMENTS}/cove.1.options
          ${CMAKE_SOURCE_DIR}/docs/man/cove.1.tail > ${COVE_DOCUMENTS}/cove.1
  DEPENDS cove ${COVE_DOCUMENTS}/cove.1.head ${CMAKE_SOURCE_DIR}/docs/man/cove.1.tail
  VERBATIM)

set(completions)
foreach(shell bash zsh fish)
  add_custom_command(
    OUTPUT ${COVE_DOCUMENTS}/cove.${shell}
    COMMAND $<TARGET_FILE:cove> completion ${shell} > ${COVE_DOCUMENTS}/cove.${shell}
    DEPENDS cove
    VERBATIM)
  list(APPEND completions ${COVE_DOCUMENTS}/cove.${shell})
endforeach()

add_custom_target(documents ALL DEPENDS ${COVE_DOCUMENTS}/cove.1 ${completions})

install(TARGETS cove RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS cove-images cove-cni cove-monitor cove-resolver RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/cove)
# The prefix is the one of the installation, which `cmake --install --prefix` may have changed.
install(CODE "file(CREATE_LINK cove \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/cove-runtime\" SYMBOLIC)")
install(FILES ${COVE_DOCUMENTS}/cove.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${COVE_DOCUMENTS}/cove-runtime.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES ${COVE_DOCUMENTS}/cove.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME cove)
install(FILES ${COVE_DOCUMENTS}/cove.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _cove)
install(FILES ${COVE_DOCUMENTS}/cove.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
