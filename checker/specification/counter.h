// The states and amounts of the model `counter`.
#pragma once

#include <cstdint>

#include "checker/specification/state_table.h"

namespace capsize::checker {

/// Precondition: a state of the model `counter`.
[[nodiscard]] std::int64_t counter_sum(const StateTable& states, State state);
/// What an addition adds, and a read returned; null counts as 0.
[[nodiscard]] std::int64_t counter_amount(const ValueTable& values, const KeyOperation& operation);

}  // namespace capsize::checker
