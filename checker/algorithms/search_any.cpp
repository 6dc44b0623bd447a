#include "checker/algorithms/search_any.h"

#include "checker/algorithms/element_search.h"
#include "checker/algorithms/just_in_time_search.h"
#include "checker/algorithms/queue_search.h"

namespace capsize::checker {

Decision search_any(std::span<const KeyOperation> operations, ValueId initial, const Model& model,
                    const ValueTable& values, const SearchBounds& bounds,
                    std::string_view& algorithm) {
  if (model.mutations == Mutations::kOfElements) {
    algorithm = "element-by-element";
    Decision decision = search_element_by_element(operations, initial, values, bounds);
    if (decision.kind != Decision::Kind::kNotApplicable) return decision;
  }
  if (model.first_in_first_out) {
    algorithm = "queue-search";
    Decision decision = search_queue(operations, initial, bounds);
    if (decision.kind != Decision::Kind::kNotApplicable) return decision;
  }
  algorithm = "just-in-time-search";
  return search_just_in_time(operations, initial, model, values, bounds);
}

}  // namespace capsize::checker
