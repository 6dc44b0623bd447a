// mutex: acquire while it is free, release while it is held, by whomever.
#include <algorithm>

#include "checker/models/collection.h"

namespace capsize::checker {
namespace {

Decoded decode(const History& history, const Operation& operation, const DecodeOptions&) {
  return decode_collection(history, operation, {{"acquire", kCodeAdd}, {"release", kCodeRemove}});
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  const bool held = !states.elements(state).empty();
  if (held == (operation.code == kCodeAdd)) return std::nullopt;
  return held ? states.list({}) : states.list({kNullValue});
}

// Histories of reads alone belong to registers.
bool plausible(const History& history) {
  return uses_any(history, {"acquire", "release"});
}

const ModelRegistrar kRegistrar({
    .name = "mutex",
    .summary = "a lock: acquire, release",
    .generalised_by = {},
    .functions = {"acquire", "release"},
    .deciders = {},
    .decode = &decode,
    .plausible = &plausible,
    .initial = &initial_collection,
    .step = &step,
    .needs = &collection_needs,
});

}  // namespace
}  // namespace capsize::checker
