// What fits each key of a scenario and yet not together: the rules of nemesis/plan/conflicts.h,
// applied to a scenario whose keys are right one by one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "nemesis/plan/phases.h"

namespace capsize::harness {

/// Whatever the length of the run. The place is that of the value in the scenario.
[[nodiscard]] std::optional<nemesis::InvalidValue> plan_conflict(const Scenario& scenario);
/// What the run ends before. Apart from the others because a flag may change the length.
[[nodiscard]] std::optional<nemesis::InvalidValue> time_conflict(const Scenario& scenario);
/// What may be meant and is more likely a mistake, one sentence each.
[[nodiscard]] std::vector<std::string> plan_warnings(const Scenario& scenario);

}  // namespace capsize::harness
