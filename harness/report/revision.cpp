#include "harness/report/revision.h"

#include "capsize_revision.h"  // written by the build (harness/revision.cmake)

namespace capsize::harness {

std::string_view source_revision() {
  return CAPSIZE_REVISION;
}

}  // namespace capsize::harness
