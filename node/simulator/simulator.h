// capsize-sim from its arguments to its exit code: many seeds of the simulated cluster, on all
// processors; or one seed again, with its history and its trace.
//
// Exit codes as everywhere (0 every seed holds, 1 a violation, 254 usage, 255 the simulator itself
// failed, 130 interrupted).
#pragma once

#include <span>

namespace capsize::simulator {

[[nodiscard]] int run_simulator(std::span<char* const> arguments);

}  // namespace capsize::simulator
