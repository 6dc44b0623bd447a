// capsize-sim from its arguments to its exit code: many seeds of the simulated cluster, on all
// processors; or one seed again, with its history and its trace.
#pragma once

#include <span>

#include "node/simulation/run.h"
#include "node/simulator/options.h"

namespace capsize::simulator {

/// The exit codes of all of Capsize, as far as capsize-sim has them.
enum ExitCode : int {
  kHolds = 0,  // every seed
  kViolated = 1,
  kInterrupted = 130,
  kUsageError = 254,
  kSimulatorError = 255,  // the simulator itself failed
};

[[nodiscard]] int run_simulator(std::span<char* const> arguments);

/// What a run with this seed is asked for.
[[nodiscard]] simulation::RunOptions run_options(const Options& options, std::uint64_t seed);
/// Runs the one seed of the options, prints what came of it and returns the exit code.
[[nodiscard]] int run_one(const Options& options);

}  // namespace capsize::simulator
