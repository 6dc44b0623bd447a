// Runs seeds on all processors in forked processes, since a simulation is single-threaded and a
// failed CHECK ends its process. Worker j of n runs the seeds first + j, first + j + n, …, so the
// seed in which a process died is known from the seeds it has reported.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"

namespace capsize::simulator {

/// A worker's report of one finished seed.
struct SeedSummary {
  std::uint64_t seed = 0;
  std::uint64_t violated = 0;  // 1: run the seed alone for the details
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
  /// The worker died while running this seed; a new process runs the rest of its seeds.
  virtual void died(std::uint64_t seed, int wait_status) = 0;
  /// Called at least twice a second. False ends all workers.
  virtual bool should_continue() = 0;
};

/// Runs `simulate` on every seed in child processes, all of which have ended when this returns.
/// Error: the operating system could not create a process or a pipe.
[[nodiscard]] base::Status run_workers(const WorkersOptions& options,
                                       const std::function<SeedSummary(std::uint64_t)>& simulate,
                                       WorkerEvents& events);

}  // namespace capsize::simulator
