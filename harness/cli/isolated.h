// Runs work in a child process, so that a crash affects one file of `capsize check` and neither the
// other files nor a verdict that was certain before the crash.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "checker/core/verdict.h"

namespace capsize::harness {

using Announce = std::function<void(checker::Verdict)>;

/// How a child process ended.
struct IsolatedEnd {
  std::optional<std::string> result;  ///< the return value of the work; nothing if it crashed
  std::optional<checker::Verdict> announced;  ///< the last verdict that the work announced
  std::string cause;                          ///< of a crash: "signal 11", "exit code 1"
};

/// Runs `work` in a forked child, which inherits the standard streams, and waits for it. Static
/// destructors do not run in the child. Precondition: this process has a single thread. If fork()
/// fails, runs the work in this process.
///
/// If SIGINT, SIGTERM, SIGHUP or SIGQUIT ends the child, this process ends by the same signal. The
/// child never outlives this process.
[[nodiscard]] IsolatedEnd run_isolated(const std::function<std::string(const Announce&)>& work);

}  // namespace capsize::harness
