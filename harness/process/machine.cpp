#include "harness/process/machine.h"

#include <sched.h>

#include <sstream>
#include <string>
#include <thread>

#include "harness/process/kernel_files.h"

namespace capsize::harness {
namespace {

std::uint64_t cores_of_this_process() {
  std::uint64_t cores = std::max(1U, std::thread::hardware_concurrency());
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    cores = std::min<std::uint64_t>(cores, static_cast<std::uint64_t>(CPU_COUNT(&set)));
  }
  // A container's share: "200000 100000" is two cores, "max 100000" is no limit.
  std::istringstream quota(kernel_file("/sys/fs/cgroup/cpu.max"));
  std::uint64_t used = 0, period = 0;
  if (quota >> used >> period && period > 0) {
    cores = std::min(cores, std::max<std::uint64_t>(1, used / period));
  }
  return std::max<std::uint64_t>(1, cores);
}

std::uint64_t memory_of_this_process() {
  std::uint64_t least = number_of(kernel_file("/proc/meminfo"), "MemAvailable") * 1024;
  // The limit may be on a group above: a service's, a pod's.
  const MemoryGroup group = memory_group();
  for (std::string path = group.path;; path.resize(path.rfind('/'))) {
    const std::uint64_t limit = number_of(kernel_file(group.root + path + group.limit), "");
    const std::uint64_t usage = number_of(kernel_file(group.root + path + group.usage), "");
    if (limit > 0) least = std::min(least, limit - std::min(limit, usage));
    if (path.find('/') == std::string::npos) return least;
  }
}

}  // namespace

Machine this_machine() {
  return {.cores = cores_of_this_process(), .memory_bytes = memory_of_this_process()};
}

}  // namespace capsize::harness
