// One seed again, exactly, with what the clients saw and what the nodes did.
#pragma once

#include "node/simulation/run.h"
#include "node/simulator/options.h"

namespace capsize::simulator {

[[nodiscard]] simulation::RunOptions run_options(const Options& options, std::uint64_t seed);
/// Prints what came of it and returns the exit code.
[[nodiscard]] int run_one(const Options& options);

}  // namespace capsize::simulator
