// bag: a queue without order: dequeue gives any element, null where there is none.
//
// An indeterminate dequeue may have taken any element, which is not one state afterwards but many.
// Only an empty bag tells that something is missing, and then it has to be all there is. So a legal
// order stays one if each indeterminate dequeue is moved to right before the next one that found
// nothing, and which element each of them takes there is the same: here it is the first.
#include <algorithm>

#include "checker/models/collection.h"

namespace capsize::checker {
namespace {

Decoded decode(const History& history, const Operation& operation, const DecodeOptions&) {
  return decode_collection(history, operation, {{"enqueue", kCodeAdd}, {"dequeue", kCodeTake}});
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  const auto before = states.elements(state);
  std::vector<ValueId> elements(before.begin(), before.end());
  if (operation.code == kCodeAdd) {
    elements.insert(std::upper_bound(elements.begin(), elements.end(), operation.argument),
                    operation.argument);
    return states.list(elements);
  }
  if (operation.argument == kNullValue) {
    return elements.empty() ? std::optional(state) : std::nullopt;
  }
  const auto found = operation.argument == kNoValue
                         ? elements.begin()
                         : std::find(elements.begin(), elements.end(), operation.argument);
  if (found == elements.end()) return std::nullopt;
  elements.erase(found);
  return states.list(elements);
}

// Histories of reads alone belong to registers.
bool plausible(const History& history) {
  return uses_any(history, {"enqueue", "dequeue"});
}

const ModelRegistrar kRegistrar({
    .name = "bag",
    .summary = "an unordered queue: enqueue x, dequeue -> any x or null",
    .generalised_by = {},
    .functions = {"enqueue", "dequeue"},
    .deciders = {Decider::kDistinctBag},
    .decode = &decode,
    .plausible = &plausible,
    .initial = &initial_sorted_collection,
    .step = &step,
    .needs = &element_needs,
});

}  // namespace
}  // namespace capsize::checker
