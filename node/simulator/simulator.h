// capsize-sim from its arguments to its exit code: runs many seeds of the simulated cluster on all
// processors, or replays one seed with its history and trace.
#pragma once

#include <span>

#include "node/simulation/run.h"
#include "node/simulator/options.h"

namespace capsize::simulator {

/// The exit codes of capsize-sim, a subset of those of all Capsize programs (docs/FORMATS.md).
enum ExitCode : int {
  kHolds = 0,  // no seed has a violation
  kViolated = 1,
  kInterrupted = 130,
  kUsageError = 254,
  kSimulatorError = 255,  // the simulator itself failed
};

[[nodiscard]] int run_simulator(std::span<char* const> arguments);

/// The options of the run of this seed.
[[nodiscard]] simulation::RunOptions run_options(const Options& options, std::uint64_t seed);
/// Runs the one seed in the options, prints its result and returns the exit code.
[[nodiscard]] int run_one(const Options& options);

}  // namespace capsize::simulator
