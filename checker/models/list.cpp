// list: append an element, read the whole list.
//
// A key that was never appended to may read as null or as []; both are the empty list.
#include <algorithm>

#include "checker/collections/distinct_list.h"
#include "checker/explain/explainers.h"
#include "checker/specification/model.h"
#include "checker/specification/state_table.h"

namespace capsize::checker {
namespace {

ValueId as_list_value(ValueId value) {
  return value == kNullValue ? kEmptyList : value;
}

Decoded decode(const History& history, const Operation& operation, const DecodeOptions&) {
  Decoded decoded;
  if (operation.function == kAppend) {
    if (operation.outcome == Outcome::kFail) decoded.kind = Decoded::Kind::kDrop;
    decoded.operation.code = kCodeAppend;
    decoded.operation.argument = operation.argument;
    return decoded;
  }
  decoded.operation.code = kCodeRead;
  decoded.operation.pure = true;
  if (operation.outcome != Outcome::kOk) {
    decoded.kind = Decoded::Kind::kDrop;
    return decoded;
  }
  decoded.operation.observed = as_list_value(operation.result);
  if (history.values.kind(decoded.operation.observed) != ValueTable::Kind::kList) {
    return {Decoded::Kind::kMalformed, {}, "an array"};
  }
  return decoded;
}

State initial(StateTable&, ValueId value) {
  return as_list_value(value);
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  if (operation.code == kCodeRead) {
    return state == operation.observed ? std::optional(state) : std::nullopt;
  }
  if (!states.is_list(state)) return std::nullopt;
  return states.append_element(state, operation.argument);
}

bool needs(const ValueTable& values, const KeyOperation& observer, const KeyOperation& writer) {
  if (observer.code != kCodeRead || writer.code != kCodeAppend) return false;
  const auto list = values.as_list(observer.observed);
  return std::find(list.begin(), list.end(), writer.argument) != list.end();
}

const ModelRegistrar kRegistrar({
    .name = "list",
    .summary = "a list: append x, read the whole as an array",
    .generalised_by = {},
    .functions = {"read", "append"},
    .deciders = {{&kDistinctList}},
    .explainers = {{&explain_list}, {&explain_unwritten_piece}, {&explain_by_moment}},
    .decode = &decode,
    .plausible = nullptr,
    .initial = &initial,
    .step = &step,
    .needs = &needs,
});

}  // namespace
}  // namespace capsize::checker
