// A process that must not outlive the one that started it: `kill -9` of a harness leaves nothing.
//
// The kernel sends SIGKILL when the *thread* that forked this process ends, so a parent spawns from
// a thread that lives as long as itself. It also reaches a process that is stopped at that moment.
#pragma once

#include <span>

namespace capsize::wire {

/// Looks for `--parent PID` and binds this process to it; to be called first of all in main, before
/// anything is opened. False when PID is not (or no longer) the parent: it died before we asked,
/// and its end will not be told again. True without the argument. A PID that is not a number is
/// left to the option parser.
[[nodiscard]] bool bind_to_parent(std::span<char* const> arguments);

}  // namespace capsize::wire
