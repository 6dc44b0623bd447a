// Whether the run tested what it promised. The most common failure of a chaos suite is that it
// silently tests nothing; here that is a verdict: vacuous.
#pragma once

#include <string>
#include <vector>

#include "harness/client/statistics.h"
#include "harness/scenario/plan.h"
#include "harness/scenario/scenario.h"
#include "nemesis/engine/nemesis.h"

namespace capsize::harness {

/// One expectation: the number asked for, and the number that was reached.
struct Expectation {
  std::string what;
  std::uint64_t asked = 0;
  std::uint64_t met = 0;
  [[nodiscard]] bool holds() const { return met >= asked; }
};

/// Returns the expectations of every run with faults, whatever its `expect` says: at least one
/// fault takes effect, and at least one of each strategy or kind that it names. Empty without
/// faults.
[[nodiscard]] std::vector<Expectation> named_faults(
    const Scenario& scenario, const std::vector<nemesis::FaultRecord>& faults);

/// Returns the expectations of a scenario without `expect`: some successes of every function, half
/// of the planned faults of each kind, operations during faults, and leader changes if faults
/// target leaders. They are halves and thirds, because a fault may find no target, but never zero
/// for what was requested.
[[nodiscard]] Expectations default_expectations(const Scenario& scenario, const Plan& plan);

/// Returns a sentence if the clients invoked less than half of the requested rate although no fault
/// was active: the expectations then say nothing about the cluster. Empty otherwise.
[[nodiscard]] std::string load_not_generated(const Scenario& scenario, const Statistics& statistics,
                                             base::Duration load_time, double quiet_rate);

[[nodiscard]] std::vector<Expectation> compare(const Expectations& asked,
                                               const Statistics& statistics,
                                               const std::vector<nemesis::FaultRecord>& faults,
                                               std::uint64_t leader_changes);

}  // namespace capsize::harness
