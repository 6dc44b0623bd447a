#include "harness/process/descriptors.h"

#include <sys/resource.h>

namespace capsize::harness {

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  // Refused where the hard limit is above what the kernel gives to any process: then the soft one
  // stays as it is.
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace capsize::harness
