#include "harness/process/descriptors.h"

#include <sys/resource.h>

namespace capsize::harness {

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  // The kernel refuses it if the hard limit exceeds fs.nr_open: then the soft limit stays.
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace capsize::harness
