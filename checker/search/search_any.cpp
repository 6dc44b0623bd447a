#include "checker/search/search_any.h"

#include <algorithm>

#include "base/check.h"
#include "checker/search/just_in_time_search.h"
#include "checker/specification/decider.h"

namespace capsize::checker {

Decision search_any(std::span<const KeyOperation> operations, ValueId initial, const Model& model,
                    const ValueTable& values, const SearchBounds& bounds) {
  CHECK(std::ranges::is_sorted(operations, {}, &KeyOperation::invoke),
        "searches get operations in order of invocation");
  if (model.search != nullptr) {
    Decision decision = model.search->search(operations, initial, values, bounds);
    decision.algorithm = model.search->name;
    if (decision.kind != Decision::Kind::kNotApplicable) return decision;
  }
  Decision decision = search_just_in_time(operations, initial, model, values, bounds);
  decision.algorithm = "just-in-time-search";
  return decision;
}

}  // namespace capsize::checker
