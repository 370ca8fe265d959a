# Where things go, Debian style: `make install`, with DESTDIR for packages. The unit names /usr/bin, so /usr is the prefix.
install(TARGETS gannetd gannet RUNTIME DESTINATION bin)
install(TARGETS gannet-worker RUNTIME DESTINATION lib/gannet)  # which the other two start

install(FILES systemd/gannet.service DESTINATION lib/systemd/system)
install(FILES systemd/gannet.sysusers DESTINATION lib/sysusers.d RENAME gannet.conf)
install(FILES systemd/gannet.tmpfiles DESTINATION lib/tmpfiles.d RENAME gannet.conf)
install(FILES systemd/gannet.logrotate DESTINATION /etc/logrotate.d RENAME gannet)

# As they lie here, so that their links hold.
install(FILES README.md DESTINATION share/doc/gannet)
install(FILES config/gannet.yaml config/quick-start.yaml DESTINATION share/doc/gannet/config)
install(FILES systemd/README.md DESTINATION share/doc/gannet/systemd)
install(DIRECTORY docs DESTINATION share/doc/gannet PATTERN man EXCLUDE)

# The configuration belongs to the operator: one that is there already is left alone.
install(CODE "set(shipped \"${CMAKE_SOURCE_DIR}/config/gannet.yaml\")")
install(CODE [[
  if(EXISTS "$ENV{DESTDIR}/etc/gannet/gannet.yaml")
    message(STATUS "Kept: $ENV{DESTDIR}/etc/gannet/gannet.yaml")
  else()
    file(INSTALL "${shipped}" DESTINATION /etc/gannet)
  endif()
]])
