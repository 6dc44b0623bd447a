// counter: add a number, read the sum. The state is a list of two numbers, the halves of the sum.
#include <algorithm>

#include "checker/counters/sum_bounds.h"
#include "checker/counters/unit_counter.h"
#include "checker/explain/explainers.h"
#include "checker/specification/collection.h"
#include "checker/specification/counter.h"

namespace capsize::checker {
namespace {

Decoded decode(const History& history, const Operation& operation, const DecodeOptions&) {
  const bool is_read = operation.function == kRead;
  Decoded decoded;
  decoded.operation.code = is_read ? kCodeReadAll : kCodeAdd;
  decoded.operation.pure = is_read;
  decoded.operation.argument = is_read ? operation.result : operation.argument;
  if (operation.outcome == Outcome::kFail || (is_read && operation.outcome != Outcome::kOk)) {
    decoded.kind = Decoded::Kind::kDrop;
    return decoded;
  }
  const auto kind = history.values.kind(decoded.operation.argument);
  const bool nothing_yet = is_read && kind == ValueTable::Kind::kNull;
  if (kind != ValueTable::Kind::kInteger && !nothing_yet) {
    return {Decoded::Kind::kMalformed, {}, "a whole number"};
  }
  return decoded;
}

State state_of(StateTable& states, std::int64_t sum) {
  const auto bits = static_cast<std::uint64_t>(sum);
  return states.list({static_cast<ValueId>(bits), static_cast<ValueId>(bits >> 32)});
}

State initial(StateTable& states, ValueId value) {
  const bool is_number = states.values().kind(value) == ValueTable::Kind::kInteger;
  return state_of(states, is_number ? states.values().as_integer(value) : 0);
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  const std::int64_t sum = counter_sum(states, state);
  const std::int64_t amount = counter_amount(states.values(), operation);
  if (operation.code == kCodeAdd) {
    return state_of(states, static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) +
                                                      static_cast<std::uint64_t>(amount)));
  }
  return amount == sum ? std::optional(state) : std::nullopt;
}

// A sum depends on every addition.
bool needs(const ValueTable&, const KeyOperation& observer, const KeyOperation& writer) {
  return observer.pure && !writer.pure;
}

// Histories of reads alone belong to registers.
bool plausible(const History& history) {
  return uses_any(history, {"add"});
}

const ModelRegistrar kRegistrar({
    .name = "counter",
    .summary = "a counter: add n, read -> sum",
    .generalised_by = {},
    .functions = {"add", "read"},
    .deciders = {{&kUnitCounter}, {&kSumBounds}},
    .explainers = {{&explain_counter}},
    .decode = &decode,
    .plausible = &plausible,
    .mutations = Mutations::kAddUp,
    .initial = &initial,
    .step = &step,
    .needs = &needs,
});

}  // namespace

}  // namespace capsize::checker
