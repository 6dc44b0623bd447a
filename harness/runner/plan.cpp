#include "harness/runner/plan.h"

#include "node/base/check.h"

namespace capsize::harness {

std::vector<nemesis::PlannedFault> plan(const Scenario& scenario) {
  CHECK(scenario.seed.has_value(), "a plan has a seed");
  std::vector<const nemesis::Strategy*> strategies;
  for (const auto& name : scenario.nemesis) {
    strategies.push_back(nemesis::Strategies::instance().find(name));
  }
  return nemesis::make_schedule(strategies,
                                {.time_limit = scenario.time_limit, .seed = *scenario.seed});
}

}  // namespace capsize::harness
