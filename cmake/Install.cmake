# What `cmake --install` puts where. Components:
#   runtime       the programs, README, docs and LICENSE
#   data          scenarios and suites
#   python        the Python package, beside the data
#   dist_python   the same where Debian's python3 finds it; in the .deb only, instead of `python`
#   development   the checker as a library: header, archive, package for find_package, examples
include(GNUInstallDirs)
set(data_dir ${CMAKE_INSTALL_DATADIR}/capsize)

# They find each other: `capsize` looks for the others in its own directory, for scenarios and
# suites in ../share/capsize (harness/cli/binaries.h).
install(TARGETS capsize capsize-node capsize-node-with-bugs capsize-proxy capsize-sim
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
# Where it was built: neither a run nor the container needs it.
install(TARGETS capsize-serve OPTIONAL RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
install(PROGRAMS harness/engines/capsize-engine-dask DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
install(DIRECTORY nemesis/scenarios harness/suites DESTINATION ${data_dir} COMPONENT data
        FILES_MATCHING PATTERN "*.json")
# With what tells pytest of the plugin.
set(python_package harness/python/capsize harness/python/capsize-0.1.0.dist-info)
install(DIRECTORY ${python_package} DESTINATION ${data_dir}/python COMPONENT python
        PATTERN __pycache__ EXCLUDE)
install(DIRECTORY ${python_package} DESTINATION lib/python3/dist-packages
        COMPONENT dist_python EXCLUDE_FROM_ALL PATTERN __pycache__ EXCLUDE)

if(TARGET capsize_checker_archive)
  include(CMakePackageConfigHelpers)
  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Capsize)
  install(TARGETS capsize_checker_archive EXPORT CapsizeTargets
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
          INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(FILES checker/facade/checker.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/capsize
          COMPONENT development)
  install(EXPORT CapsizeTargets NAMESPACE capsize:: DESTINATION ${package_dir}
          COMPONENT development)
  configure_package_config_file(cmake/CapsizeConfig.cmake.in
    ${CMAKE_BINARY_DIR}/generated/CapsizeConfig.cmake INSTALL_DESTINATION ${package_dir})
  # Before 1.0 the interface may change with each minor version.
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/CapsizeConfigVersion.cmake
                                   COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/generated/CapsizeConfig.cmake
                ${CMAKE_BINARY_DIR}/generated/CapsizeConfigVersion.cmake
          DESTINATION ${package_dir} COMPONENT development)
  install(DIRECTORY examples/checker DESTINATION ${data_dir}/examples COMPONENT development)
endif()
