// set: add and remove elements, test one element, or read all.
#include <algorithm>

#include "checker/collections/grow_only_set.h"
#include "checker/explain/explainers.h"
#include "checker/search/element_search.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

Decoded decode(const History& history, const Operation& operation, const DecodeOptions&) {
  Decoded decoded = decode_collection(history, operation,
                                      {{"add", kCodeAdd},
                                       {"remove", kCodeRemove},
                                       {"contains", kCodeContains},
                                       {"read", kCodeReadAll}});
  decoded.operation.blind = !decoded.operation.pure;
  return decoded;
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  const auto before = states.elements(state);
  std::vector<ValueId> elements(before.begin(), before.end());
  if (operation.code == kCodeReadAll) {
    const bool same = elements == sorted_elements(states.values(), operation.argument);
    return same ? std::optional(state) : std::nullopt;
  }
  const auto place = std::lower_bound(elements.begin(), elements.end(), operation.argument);
  const bool inside = place != elements.end() && *place == operation.argument;
  if (operation.code == kCodeContains || operation.code == kCodeLacks) {
    return inside == (operation.code == kCodeContains) ? std::optional(state) : std::nullopt;
  }
  if (inside == (operation.code == kCodeAdd)) return state;
  if (inside) {
    elements.erase(place);
  } else {
    elements.insert(place, operation.argument);
  }
  return states.list(elements);
}

// A read of the whole set observes every mutation; a `contains`, those of its element.
bool needs(const ValueTable&, const KeyOperation& observer, const KeyOperation& writer) {
  if (!observer.pure || writer.pure) return false;
  return observer.code == kCodeReadAll || observer.argument == writer.argument;
}

// Histories of reads alone belong to registers.
bool plausible(const History& history) {
  return uses_any(history, {"add", "remove", "contains"});
}

const ModelRegistrar kRegistrar({
    .name = "set",
    .summary = "a set: add x, remove x, contains [x, true/false], read -> array",
    .generalised_by = {},
    .functions = {"add", "remove", "contains", "read"},
    .deciders = {{&kGrowOnlySet}},
    .explainers = {{&explain_collection}},
    .search = &kElementSearch,
    .decode = &decode,
    .plausible = &plausible,
    .mutations = Mutations::kOfElements,
    .initial = &initial_sorted_collection,
    .step = &step,
    .needs = &needs,
});

}  // namespace
}  // namespace capsize::checker
