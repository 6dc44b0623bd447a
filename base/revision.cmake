# Writes capsize_revision.h if it changed: cmake -DSOURCE=... -DOUTPUT=... -P revision.cmake
# The ceiling keeps git inside the source: a tarball unpacked in another checkout has no revision.
cmake_path(GET SOURCE PARENT_PATH parent)
execute_process(COMMAND ${CMAKE_COMMAND} -E env GIT_CEILING_DIRECTORIES=${parent}
                        git -C ${SOURCE} describe --always --abbrev=12 --dirty=-modified
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT revision)
  set(revision unknown)
endif()
set(text "#define CAPSIZE_REVISION \"${revision}\"\n")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE ${OUTPUT} "${text}")
endif()
