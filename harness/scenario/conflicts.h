// Values of a scenario that are valid by themselves but not together: applies the rules of
// nemesis/plan/conflicts.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "nemesis/plan/phases.h"

namespace capsize::harness {

/// Returns the first conflict that does not depend on the length of the run. Its place is relative
/// to the scenario.
[[nodiscard]] std::optional<nemesis::InvalidValue> plan_conflict(const Scenario& scenario);
/// Returns the first phase or fault that cannot begin before the run ends. Separate from the others
/// because a flag may change the length.
[[nodiscard]] std::optional<nemesis::InvalidValue> time_conflict(const Scenario& scenario);
/// Returns one sentence for each likely mistake.
[[nodiscard]] std::vector<std::string> plan_warnings(const Scenario& scenario);

}  // namespace capsize::harness
