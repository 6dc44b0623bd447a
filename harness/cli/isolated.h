// Work in a process of its own, so that a crash costs one file of `capsize check` and not the
// others, nor the verdict that was certain before.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "checker/core/verdict.h"

namespace capsize::harness {

using Announce = std::function<void(checker::Verdict)>;

/// How a child process ended.
struct IsolatedEnd {
  std::optional<std::string> result;          ///< what the work returned; nothing if it crashed
  std::optional<checker::Verdict> announced;  ///< the last one that the work announced
  std::string cause;                          ///< of a crash: "signal 11", "exit code 1"
};

/// Runs `work` in a forked child, which inherits the standard streams, and waits for it. Static
/// destructors do not run in the child. Call it while this process has one thread only. Where no
/// process can be made, the work is done in this one.
///
/// SIGINT, SIGTERM, SIGHUP or SIGQUIT that ends the child ends this process in the same way, and
/// the child never outlives this process.
[[nodiscard]] IsolatedEnd run_isolated(const std::function<std::string(const Announce&)>& work);

}  // namespace capsize::harness
