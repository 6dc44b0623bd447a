// fifo-queue: enqueue at the back, dequeue from the front; an empty queue gives null.
#include <algorithm>

#include "checker/collections/distinct_queue.h"
#include "checker/explain/explainers.h"
#include "checker/search/queue_search.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

Decoded decode(const History& history, const Operation& operation, const DecodeOptions&) {
  return decode_collection(history, operation, {{"enqueue", kCodeAdd}, {"dequeue", kCodeTake}});
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  const auto elements = states.elements(state);
  if (operation.code == kCodeAdd) return states.append_element(state, operation.argument);
  if (elements.empty()) return found_empty(operation) ? std::optional(state) : std::nullopt;
  if (!took(operation, elements.front())) return std::nullopt;
  return states.list(elements.subspan(1));
}

// Histories of reads alone belong to registers.
bool plausible(const History& history) {
  return uses_any(history, {"enqueue", "dequeue"});
}

const ModelRegistrar kRegistrar({
    .name = "fifo-queue",
    .summary = "a queue: enqueue x, dequeue -> x or null, first in first out",
    .generalised_by = {},
    .functions = {"enqueue", "dequeue"},
    .deciders = {{&kDistinctQueue}},
    .explainers = {{&explain_collection}, {&explain_removal_order}},
    .search = &kQueueSearch,
    .decode = &decode,
    .plausible = &plausible,
    .discipline = Discipline::kFirstInFirstOut,
    .initial = &initial_collection,
    .step = &step,
    .needs = &element_needs,
});

}  // namespace
}  // namespace capsize::checker
