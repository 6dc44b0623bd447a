// stack: push and pop at the same end; an empty stack gives null.
#include <algorithm>

#include "checker/collections/distinct_stack.h"
#include "checker/explain/explainers.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

Decoded decode(const History& history, const Operation& operation, const DecodeOptions&) {
  return decode_collection(history, operation, {{"push", kCodeAdd}, {"pop", kCodeTake}});
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  const auto elements = states.elements(state);
  if (operation.code == kCodeAdd) return states.append_element(state, operation.argument);
  if (elements.empty()) return found_empty(operation) ? std::optional(state) : std::nullopt;
  if (!took(operation, elements.back())) return std::nullopt;
  return states.list(elements.first(elements.size() - 1));
}

// Histories of reads alone belong to registers.
bool plausible(const History& history) {
  return uses_any(history, {"push", "pop"});
}

const ModelRegistrar kRegistrar({
    .name = "stack",
    .summary = "a stack: push x, pop -> x or null, last in first out",
    .generalised_by = {},
    .functions = {"push", "pop"},
    .deciders = {{&kDistinctStack}},
    .explainers = {{&explain_collection}, {&explain_removal_order}},
    .decode = &decode,
    .plausible = &plausible,
    .discipline = Discipline::kLastInFirstOut,
    .initial = &initial_collection,
    .step = &step,
    .needs = &element_needs,
});

}  // namespace
}  // namespace capsize::checker
