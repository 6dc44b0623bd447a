// Searches for a legal order of a key that no fast decider handles: first with the model's own
// search, then just in time.
#pragma once

#include <span>

#include "checker/search/search_problem.h"
#include "checker/specification/decision.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// `operations` in order of invocation. Of a violation, `end` bounds the prefix that has no legal
/// order; there may be a counterexample. The decision names the search.
[[nodiscard]] Decision search_any(std::span<const KeyOperation> operations, ValueId initial,
                                  const Model& model, const ValueTable& values,
                                  const SearchBounds& bounds);

}  // namespace capsize::checker
