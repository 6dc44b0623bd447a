// mutex: acquire while it is free, release while it is held, by any process.
//
// Values have no meaning here, so a history in which the operations of one key have several values
// is refused: the values name locks, which would be judged as one, or owners, of which only one may
// release.
#include <fmt/core.h>

#include "checker/explain/explainers.h"
#include "checker/history/malformed.h"
#include "checker/specification/collection.h"

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

// Returns the value of an operation; null names nothing.
Prepared prepare(const History& history) {
  for (KeyId key = 0; key < history.keys.size(); ++key) {
    ValueId first = kNullValue;
    for (const Operation& operation : history.of_key(key)) {
      const ValueId value = operation.argument;
      if (value == kNullValue || value == first) continue;
      if (first == kNullValue) {
        first = value;
        continue;
      }
      return {.refusal = fmt::format(
                  "{}: found the values {} and {} (at index {}) for one mutex, expected --map "
                  "key=value if they name locks, --model owned-mutex if they name owners, or --map "
                  "value=NONE if they mean nothing",
                  history.file, excerpt(history.values.json(first)),
                  excerpt(history.values.json(value)), history.index_of(operation.invoke))};
    }
  }
  return {};
}

const ModelRegistrar kRegistrar({
    .name = "mutex",
    .summary = "a lock: acquire, release",
    .generalised_by = {},
    .functions = {"acquire", "release"},
    .explainers = {{&explain_mutex}},
    .decode = &decode,
    .plausible = &plausible,
    .prepare = &prepare,
    .initial = &initial_collection,
    .step = &step,
});

}  // namespace
}  // namespace capsize::checker
