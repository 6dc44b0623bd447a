// The controls of a suite: seeded bugs that must be caught, and runs without faults that must be
// valid.
#pragma once

#include <string>
#include <vector>

#include "harness/suite_report/grouping.h"

namespace capsize::harness {

/// The controls of the reported executions, each execution's apart: a control that was caught on
/// one machine says nothing about another. A bug of `bugs` that ran nowhere is missed.
[[nodiscard]] std::vector<Control> controls_of(const Night& reported,
                                               const std::vector<std::string>& bugs,
                                               const std::vector<Mute>& mutes);

/// Whether the run is invalid, and an unexpired mute covers each of its failures.
[[nodiscard]] bool is_muted(const LedgerRun& run, const std::vector<Mute>& mutes);

/// "healthy run valid, read-without-quorum caught in 11 s".
[[nodiscard]] std::string controls_text(const std::vector<Control>& controls);

}  // namespace capsize::harness
