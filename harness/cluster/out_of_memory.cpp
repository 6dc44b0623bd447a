#include "harness/cluster/out_of_memory.h"

#include <algorithm>
#include <string>

#include "harness/process/kernel_files.h"

namespace capsize::harness {

std::uint64_t out_of_memory_kills() {
  const MemoryGroup group = memory_group();
  return std::max(number_of(kernel_file("/proc/vmstat"), "oom_kill"),
                  number_of(kernel_file(group.root + group.path + group.events), "oom_kill"));
}

std::uint64_t memory_available() {
  std::uint64_t least = number_of(kernel_file("/proc/meminfo"), "MemTotal") * 1024;
  // The limit may be on a group above: a service's, a pod's.
  const MemoryGroup group = memory_group();
  for (std::string path = group.path;; path.resize(path.rfind('/'))) {
    const std::uint64_t limit = number_of(kernel_file(group.root + path + group.limit), "");
    if (limit > 0) least = std::min(least, limit);
    if (path.find('/') == std::string::npos) return least;
  }
}

}  // namespace capsize::harness
