// From a scenario to its schedule of faults: pure, the same with and without a cluster.
#pragma once

#include <vector>

#include "harness/scenario/scenario.h"
#include "nemesis/schedule.h"

namespace capsize::harness {

/// Precondition: the scenario is validated and has a seed.
[[nodiscard]] std::vector<nemesis::PlannedFault> plan(const Scenario& scenario);

}  // namespace capsize::harness
