// Searches for a legal order by what the model says of its operations; for those that no fast
// decider takes.
#pragma once

#include <span>
#include <string_view>

#include "checker/algorithms/decision.h"
#include "checker/algorithms/search_problem.h"
#include "checker/models/model.h"

namespace capsize::checker {

/// `operations` in order of invocation. Which search it was is stored in `algorithm`. Of a
/// violation, `end` bounds the prefix that has no legal order; there may be a witness.
[[nodiscard]] Decision search_any(std::span<const KeyOperation> operations, ValueId initial,
                                  const Model& model, const ValueTable& values,
                                  const SearchBounds& bounds, std::string_view& algorithm);

}  // namespace capsize::checker
