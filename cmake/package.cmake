# `make deb`: what `make install` installs, as a Debian package. packaging/README.md tells what the parts do.
set(GANNET_REVISION 1 CACHE STRING "The revision of the Debian package: a higher one upgrades a lower one")

configure_file(packaging/changelog.in package/changelog @ONLY)
set(changelog ${CMAKE_BINARY_DIR}/package/changelog.Debian.gz)
execute_process(COMMAND gzip -9nc ${CMAKE_BINARY_DIR}/package/changelog OUTPUT_FILE ${changelog} COMMAND_ERROR_IS_FATAL ANY)
install(FILES packaging/copyright ${changelog} DESTINATION share/doc/gannet COMPONENT package EXCLUDE_FROM_ALL)
install(FILES packaging/lintian-overrides DESTINATION share/lintian/overrides RENAME gannet COMPONENT package EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gannet)
set(CPACK_PACKAGE_CONTACT "gannet maintainers <gannet@localhost>")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)  # some of it is not below /usr
set(CPACK_STRIP_FILES ON)
# The programs are there already: only what is asked for is built.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};gannet;ALL;/" "${CMAKE_BINARY_DIR};gannet;package;/")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${GANNET_REVISION})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, systemd, init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS logrotate)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS prometheus-node-exporter)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "bulk image downloads as a service")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Drop a list of URLs into a folder: images, a record for every line and
readable logs come out. Made to be left alone for months: it loses no line
whatever is killed, is gentle to the servers that it asks, and survives
those that misbehave. Also runs once, in the foreground, on a list.")
set(control ${CMAKE_SOURCE_DIR}/packaging)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${control}/conffiles ${control}/postinst ${control}/prerm ${control}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
