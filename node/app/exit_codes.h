// The exit codes of the process: each fatal cause has its own, so that a harness can distinguish an
// injected disk fault from a bug (node/PROTOCOL.md, Exit codes).
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
/// Like report(), then ends the process at once, from any thread, without running destructors: none
/// may write to a log whose state is unknown.
[[noreturn]] void die(ExitCode code, std::string_view message);
/// Ends the process by SIGKILL, like a crash, after a short pause in which libzmq can send the
/// reply.
[[noreturn]] void crash();

}  // namespace capsize::app
