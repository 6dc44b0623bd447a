// Whether an order that an algorithm returns is legal, by the model alone.
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "checker/specification/state_table.h"

namespace capsize::checker::testing {

/// It has every acknowledged operation, none twice, keeps precedence and is possible.
inline bool replays(const std::vector<std::uint32_t>& order,
                    const std::vector<KeyOperation>& operations, const Model& model,
                    ValueId initial, const ValueTable& values) {
  StateTable states(values);
  State state = model.initial(states, initial);
  Position latest_invoke = 0;
  std::set<std::uint32_t> placed;
  for (const std::uint32_t place : order) {
    const auto after = model.step(states, state, operations[place]);
    if (!after || !placed.insert(place).second) return false;
    if (operations[place].complete < latest_invoke) return false;
    latest_invoke = std::max(latest_invoke, operations[place].invoke);
    state = *after;
  }
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    if (operations[i].required && !placed.contains(i)) return false;
  }
  return true;
}

}  // namespace capsize::checker::testing
