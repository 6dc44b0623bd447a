// Runs one seed: a cluster under faults; then all faults are healed, and the cluster must converge
// and serve requests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "node/simulation/cluster.h"

namespace capsize::simulation {

struct RunOptions {
  std::uint64_t seed = 1;
  base::Duration chaos = std::chrono::seconds(5);
  base::Duration recovery = std::chrono::seconds(10);  // bound for convergence and service
  std::string bug;                                     // only with seeded bugs compiled in
  bool keep_history = true;                            // otherwise RunResult::history is empty
  TraceSink trace{};
};

struct RunResult {
  std::vector<std::string> problems;  // empty: no violation
  std::string history;                // JSON lines, lists and registers together
  std::string configuration;          // the options drawn from the seed, for people
  std::size_t ok = 0, fail = 0, info = 0;
  std::uint64_t faults = 0, steps = 0, committed = 0, leaders = 0;
  std::uint64_t snapshots = 0, installs = 0;  // all written; of these, from another node
  std::uint64_t configurations = 0, transfers = 0;
  std::uint64_t fingerprint = 0;
  base::Duration simulated{};
};

/// Deterministic: equal options give equal results, bit for bit.
[[nodiscard]] RunResult run_seed(const RunOptions& options);

}  // namespace capsize::simulation
