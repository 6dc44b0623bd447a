// From a scenario to what its nemesis will do: pure, the same with and without a cluster.
#pragma once

#include <memory>
#include <vector>

#include "harness/scenario/scenario.h"
#include "nemesis/plan/schedule.h"
#include "nemesis/plan/strategy.h"

namespace capsize::harness {

struct Plan {
  std::vector<nemesis::PlannedFault> scheduled;  // the decks', known beforehand
  /// Those of phases and of strategies that are asked, as they look without a cluster: with
  /// probabilities decided and repetitions laid out, up to kForeseenMax.
  std::vector<nemesis::PlannedFault> foreseen;
  /// Some script has more phases than are foreseen.
  bool continues = false;
};
inline constexpr std::size_t kForeseenMax = 200;

/// Precondition: the scenario is validated and has a seed.
[[nodiscard]] Plan plan(const Scenario& scenario);
/// The same to be carried out, each script for a lane of its own.
[[nodiscard]] std::vector<std::unique_ptr<nemesis::Script>> scripts(const Scenario& scenario,
                                                                    const Plan& plan);

}  // namespace capsize::harness
