// Did the run test what it promised? The most common failure of a chaos suite is that it silently
// tests nothing; here that is a verdict: vacuous.
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

/// What every run with faults promises, whatever its `expect` says: at least one fault that took
/// effect, and at least one of each strategy or kind that it names. Empty without faults.
[[nodiscard]] std::vector<Expectation> named_faults(
    const Scenario& scenario, const std::vector<nemesis::FaultRecord>& faults);

/// What `scenario` promises when it says nothing itself: some successes of every function, half of
/// the planned faults of each kind, service during faults, and leaders that change when they are
/// aimed at. Halves and thirds, because a fault may meet no candidate; never zero for what was
/// asked.
[[nodiscard]] Expectations default_expectations(const Scenario& scenario, const Plan& plan);

/// A sentence where the clients invoked less than half of the rate that was asked for, though
/// nothing was broken: then what the run promised says nothing about the cluster. Empty otherwise.
[[nodiscard]] std::string load_not_generated(const Scenario& scenario, const Statistics& statistics,
                                             base::Duration load_time, double quiet_rate);

[[nodiscard]] std::vector<Expectation> compare(const Expectations& asked,
                                               const Statistics& statistics,
                                               const std::vector<nemesis::FaultRecord>& faults,
                                               std::uint64_t leader_changes);

}  // namespace capsize::harness
