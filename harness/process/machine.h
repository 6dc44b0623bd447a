// What this machine offers to runs, and how many of them it bears at a time.
#pragma once

#include <algorithm>
#include <cstdint>

namespace capsize::harness {

/// A machine, or the part of one that a container may use.
struct Machine {
  std::uint64_t cores = 1;
  std::uint64_t memory_bytes = 0;  // available to new processes; 0: unknown
};

/// Reads both from the kernel.
[[nodiscard]] Machine this_machine();

/// How many runs at a time are recommended: each is a cluster of five nodes with a proxy, clients
/// and a checker. At the default rate a run keeps 0.7 cores busy; with more runs than cores its
/// timers lag, and lag is a harness error. Memory: a node needs up to 50 MiB, the checker of a long
/// run some hundred.
[[nodiscard]] constexpr std::uint64_t recommended_jobs(std::uint64_t cores,
                                                       std::uint64_t memory_bytes) {
  constexpr std::uint64_t kMemoryEach = std::uint64_t{1} << 29U;
  const std::uint64_t by_cores = std::max<std::uint64_t>(1, cores);
  if (memory_bytes == 0) return by_cores;
  return std::clamp<std::uint64_t>(memory_bytes / kMemoryEach, 1, by_cores);
}

}  // namespace capsize::harness
