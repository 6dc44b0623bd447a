// Binds a process to its parent, so that `kill -9` of a harness leaves no processes running.
//
// The kernel sends SIGKILL when the *thread* that forked this process ends, so a parent must fork
// from a thread that runs as long as the parent does. The signal also kills a stopped process.
#pragma once

#include <span>

namespace capsize::wire {

/// Finds `--parent PID` in the arguments and binds this process to it. Call it first in main,
/// before anything is opened. False if PID is not (or no longer) the parent: it ended before the
/// binding, and the kernel will not signal that. True without the argument. An invalid PID is left
/// to the option parser.
[[nodiscard]] bool bind_to_parent(std::span<char* const> arguments);

}  // namespace capsize::wire
