// From a scenario to the faults that its nemesis will inject. Pure: the same with and without a
// cluster.
#pragma once

#include <memory>
#include <vector>

#include "harness/scenario/scenario.h"
#include "nemesis/plan/schedule.h"
#include "nemesis/plan/strategy.h"

namespace capsize::harness {

struct Plan {
  std::vector<nemesis::PlannedFault> scheduled;  // from the fault plans, known in advance
  /// The faults of phases and scripts as they can be predicted without a cluster: probabilities are
  /// drawn and repetitions unrolled, up to kPredictedMax.
  std::vector<nemesis::PlannedFault> predicted;
  /// Some script has more phases than were predicted.
  bool continues = false;
};
inline constexpr std::size_t kPredictedMax = 200;

/// Precondition: the scenario is validated and has a seed.
[[nodiscard]] Plan plan(const Scenario& scenario);
/// Returns the scripts that inject the plan; each gets a script runner of its own.
[[nodiscard]] std::vector<std::unique_ptr<nemesis::Script>> scripts(const Scenario& scenario,
                                                                    const Plan& plan);

}  // namespace capsize::harness
