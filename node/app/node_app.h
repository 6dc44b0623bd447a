// capsize-node from its arguments to its exit code: recovers the log, opens the ports, runs the
// driver until a signal.
#pragma once

#include <span>

namespace capsize::app {

/// Returns the exit code. Fatal errors in other threads end the process directly (exit_codes.h).
[[nodiscard]] int run_node(std::span<char* const> arguments);

}  // namespace capsize::app
