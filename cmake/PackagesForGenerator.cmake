# Read by cpack once for each generator, when CPACK_GENERATOR names it.
if(CPACK_GENERATOR STREQUAL "DEB")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_COMPONENTS_ALL runtime data dist_python development)
else()
  # One archive of what `cmake --install` installs.
  set(CPACK_ARCHIVE_COMPONENT_INSTALL OFF)
endif()
