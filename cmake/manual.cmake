# Manual pages, compressed as Debian wants them, and the completion of bash: made when the build is configured, without
# more than awk and gzip. The page of the configuration comes from the configuration that is shipped.
set(manual ${CMAKE_BINARY_DIR}/man)
set(pages gannet.1 gannetd.8)
foreach(page ${pages})
  configure_file(docs/man/${page}.in ${manual}/${page} @ONLY)
endforeach()
set(config_page docs/man/gannet.yaml.awk config/gannet.yaml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${config_page})
execute_process(COMMAND awk -v version=${PROJECT_VERSION} -f ${config_page} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
                OUTPUT_FILE ${manual}/gannet.yaml.5 COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${manual}/gannet.service.8 ".so man8/gannetd.8\n")

foreach(page ${pages} gannet.yaml.5 gannet.service.8)
  execute_process(COMMAND gzip -9nc ${manual}/${page} OUTPUT_FILE ${manual}/${page}.gz COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH ".$" section ${page})
  install(FILES ${manual}/${page}.gz DESTINATION share/man/man${section})
endforeach()

install(FILES packaging/completion/gannet DESTINATION share/bash-completion/completions)
install(FILES packaging/completion/gannet DESTINATION share/bash-completion/completions RENAME gannetd)
