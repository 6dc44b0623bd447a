// Seeds on all processors: forked processes, since a simulation is one thread and a broken CHECK
// ends its process. Worker j of n takes the seeds first + j, first + j + n, …, so the seed that a
// process died in is known without its last words.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"

namespace capsize::simulator {

/// What is told of a seed that was run through.
struct SeedSummary {
  std::uint64_t seed = 0;
  std::uint64_t violated = 0;  // 1: run it again to learn what
  std::uint64_t ok = 0, info = 0, faults = 0, leaders = 0, committed = 0, steps = 0;
  std::uint64_t snapshots = 0, installs = 0;
  std::uint64_t simulated_ns = 0, processor_ns = 0;
};

struct WorkersOptions {
  std::uint64_t first = 1, last = 1;
  unsigned jobs = 1;
};

class WorkerEvents {
 public:
  virtual ~WorkerEvents() = default;
  virtual void finished(const SeedSummary& summary) = 0;
  /// The process that ran it ended by itself; the rest of its seeds goes to a new one.
  virtual void died(std::uint64_t seed, int wait_status) = 0;
  /// At least twice a second. False ends it all.
  virtual bool go_on() = 0;
};

/// Runs `simulate` on every seed, in children of this process, which all are gone when this
/// returns. Error: the operating system gave no process or no pipe.
[[nodiscard]] base::Status run_workers(const WorkersOptions& options,
                                       const std::function<SeedSummary(std::uint64_t)>& simulate,
                                       WorkerEvents& events);

}  // namespace capsize::simulator
