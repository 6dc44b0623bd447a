# cpack: capsize_VERSION_ARCH.deb, capsize-dev_VERSION_ARCH.deb, and one .tar.gz of everything.
set(CPACK_PACKAGE_NAME capsize)
set(CPACK_PACKAGE_VENDOR "The Capsize authors")
set(CPACK_PACKAGE_CONTACT "The Capsize authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Fault injection for Raft clusters, and a linearizability checker")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGE_FILE_NAME capsize-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR "DEB;TGZ")
# Sets what differs between the two generators.
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/cmake/PackagesForGenerator.cmake)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_CAPSIZE_PACKAGE_NAME capsize)
set(CPACK_DEBIAN_CAPSIZE_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_CAPSIZE_PACKAGE_DEPENDS "python3 (>= 3.10)")
set(CPACK_DEBIAN_CAPSIZE_DESCRIPTION "Runs a replicated key-value cluster of real processes under injected faults,
records what its clients saw, and decides whether any legal order explains it.
Judges recorded histories of any other system, too.")
set(CPACK_DEBIAN_DEV_DESCRIPTION "This package has the checker as a C++ library: header, static archive, CMake
package and two examples.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME capsize-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
# What CapsizeConfig.cmake looks for.
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libfmt-dev, liblzma-dev, libsimdjson-dev, libzstd-dev, zlib1g-dev, pkg-config")

include(CPack)
cpack_add_component_group(capsize)
cpack_add_component_group(dev)
foreach(component runtime data dist_python)
  cpack_add_component(${component} GROUP capsize)
endforeach()
cpack_add_component(development GROUP dev)
