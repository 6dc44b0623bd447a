#include "checker/search/search_any.h"

#include "checker/search/element_search.h"
#include "checker/search/just_in_time_search.h"
#include "checker/search/queue_search.h"

namespace capsize::checker {
namespace {

// What the model's own search says, if it has one that applies.
Decision search_as_the_model_says(std::span<const KeyOperation> operations, ValueId initial,
                                  const Model& model, const ValueTable& values,
                                  const SearchBounds& bounds) {
  Decision decision{.kind = Decision::Kind::kNotApplicable};
  if (model.mutations == Mutations::kOfElements) {
    decision = search_element_by_element(operations, initial, values, bounds);
    decision.algorithm = "element-by-element";
  } else if (model.first_in_first_out) {
    decision = search_queue(operations, initial, bounds);
    decision.algorithm = "queue-search";
  }
  return decision;
}

}  // namespace

Decision search_any(std::span<const KeyOperation> operations, ValueId initial, const Model& model,
                    const ValueTable& values, const SearchBounds& bounds) {
  Decision decision = search_as_the_model_says(operations, initial, model, values, bounds);
  if (decision.kind != Decision::Kind::kNotApplicable) return decision;
  decision = search_just_in_time(operations, initial, model, values, bounds);
  decision.algorithm = "just-in-time-search";
  return decision;
}

}  // namespace capsize::checker
