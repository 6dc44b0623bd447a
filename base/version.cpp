#include "base/version.h"

#include "capsize_revision.h"  // written by the build (base/revision.cmake)

namespace capsize::base {

// The build defines both names for this file alone (base/CMakeLists.txt).
std::string_view version() {
  return CAPSIZE_VERSION;
}

std::string_view revision() {
  return CAPSIZE_REVISION;
}

std::string_view build_type() {
  return CAPSIZE_BUILD_TYPE;
}

}  // namespace capsize::base
