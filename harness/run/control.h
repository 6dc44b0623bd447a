// Positive control of a run: the same scenario against a seeded bug, which it must catch. A valid
// run says little if its scenario would not notice a bug.
#pragma once

#include <string>

#include "harness/judge/outcome.h"
#include "harness/run/runner.h"
#include "harness/scenario/scenario.h"

namespace capsize::harness {

/// How many seeds a scenario has to catch the bug: its own and those after it. Faults and timing
/// decide whether a bug shows; three misses in a row are the scenario's fault.
inline constexpr std::uint64_t kControlRunsMax = 3;

/// Runs `scenario` with `bug` until a run is invalid, in the directory STORE/NAME-control, and adds
/// the result to `outcome`, whose results are written again:
///   caught         outcome.control; the verdict stands
///   not caught     also a check `control`, vacuous
///   harness error  of a control: also of `outcome`, with the same cause
/// Returns false if a signal interrupted it; then nothing is added. Preconditions: `bug` exists,
/// and `outcome` is that of `scenario`.
[[nodiscard]] bool run_control(Outcome& outcome, const Scenario& scenario, const std::string& bug,
                               const RunOptions& options);

}  // namespace capsize::harness
