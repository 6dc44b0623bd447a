// How the process ends: each fatal cause has a code of its own, so that a harness can tell a
// planned disk fault from a bug (node/PROTOCOL.md, exit codes).
#pragma once

#include <string_view>

#include "base/check.h"

namespace capsize::app {

enum ExitCode : int {
  kStopped = 0,
  kNoAnswer = 1,  // --status only
  kBadArguments = 64,
  kCorruptLog = 65,
  kLogWriteFailed = 66,
  kCannotBind = 67,
  kDirectoryInUse = 68,
  kParentGone = 69,
  kBrokenInvariant = base::kInvariantExit,
  kSystemCallFailed = 71,
};

/// Prints "capsize-node: MESSAGE" to standard error and returns `code`.
int report(ExitCode code, std::string_view message);
/// The same, and ends the process at once, from any thread: no destructor may write to a log whose
/// state is unknown.
[[noreturn]] void die(ExitCode code, std::string_view message);
/// Ends the process by SIGKILL, as a crash does, after a moment in which the calling thread does
/// nothing and what it has sent can leave.
[[noreturn]] void crash();

}  // namespace capsize::app
